import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ContextFile } from './cases.testing.js';

/** A folder that is removed with the test. */
export async function temporaryFolder(prefix = 'ivtest-embedded-'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A build context of these files, modes as of a checkout. */
export async function writeContext(files: Readonly<Record<string, ContextFile>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, file] of Object.entries(files)) {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    if (typeof file === 'string' || file instanceof Uint8Array) await writeFile(place, file);
    else if ('link' in file) await symlink(file.link, place);
    else await writeFile(place, file.script);
    if (!(typeof file === 'object' && 'link' in file)) {
      await chmod(place, typeof file === 'object' && 'script' in file ? 0o755 : 0o644);
    }
  }
  return folder;
}
