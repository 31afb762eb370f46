import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Engine, EngineImage } from '../source/engine.js';
import type { BuildOptions } from '../source/engine-build.js';

/** Lines that make an image with a shell from nothing: `/bin/busybox` of Debian's busybox-static. */
export const shellFromScratch =
  'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "ln", "-s", "busybox", "/bin/sh"]\n';

/** A folder to build from, and the images built from it; `close` removes both. */
export interface EngineFixture {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  build(options?: Partial<BuildOptions>): Promise<EngineImage>;
  /** Have this name removed too. */
  owns(name: string): string;
  close(): Promise<void>;
}

export async function engineFixture(engine: Engine): Promise<EngineFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-fixture-'));
  await copyFile('/bin/busybox', join(folder, 'busybox'));
  const names = new Set<string>();
  return {
    folder,
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    async build(options = {}) {
      const image = await engine.build({ context: folder, ...options });
      for (const name of [...(options.tags ?? []), image.id]) names.add(name);
      return image;
    },
    owns(name) {
      names.add(name);
      return name;
    },
    async close() {
      // A name's image may be the parent of another: what is still in use goes with the one that uses it.
      for (const name of names) await engine.remove(name).catch(() => false);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
