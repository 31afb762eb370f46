import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LockEnvironment } from '@image-versions/oci';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ImageState, type VersionsState, withImage } from './state.js';
import { readVersionFiles, updateVersionFiles } from './version-files.js';
import { formatVersionsFile, withoutPins, withRelease } from './versions-file.js';

/** What goes wrong at which of the calls that change the disk. */
const fault = vi.hoisted(() => ({ calls: 0, at: Number.POSITIVE_INFINITY, code: 'KILLED', names: [] as string[] }));

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  /** A process that was killed does nothing any more; a call that fails fails alone, as does all writing on a full disk. */
  const strike = (name: string): boolean => {
    fault.calls += 1;
    fault.names.push(name);
    return fault.code === 'KILLED' ? fault.calls >= fault.at : fault.calls === fault.at;
  };
  const failure = () => Object.assign(new Error(`${fault.code}: made up`), { code: fault.code });
  const guard = <A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (strike(name)) throw failure();
      return call(...args);
    };
  };
  const open = async (path: string, flags: string, mode?: number): Promise<FileHandle> => {
    if (flags !== 'wx') return fs.open(path, flags, mode);
    if (strike('open')) throw failure();
    const handle = await fs.open(path, flags, mode);
    const write = handle.writeFile.bind(handle);
    handle.writeFile = async (data) => {
      const bytes = Buffer.from(data as Uint8Array);
      if (!strike('write')) return write(bytes);
      if (fault.calls === fault.at) await write(bytes.subarray(0, bytes.length / 2));
      throw failure();
    };
    handle.sync = guard('sync', handle.sync.bind(handle));
    return handle;
  };
  const writeFile = async (path: string, text: string, options?: { flag: string }): Promise<void> => {
    if (!strike('write')) return fs.writeFile(path, text, options);
    if (fault.calls === fault.at) await fs.writeFile(path, text.slice(0, text.length / 2), options);
    throw failure();
  };
  const guarded = Object.fromEntries(
    (['chmod', 'link', 'rename', 'rm'] as const).map((name) => [name, guard(name, fs[name] as typeof fs.rm)]),
  );
  return { ...fs, ...guarded, open, writeFile };
});

const digest = `sha256:${'a'.repeat(64)}`;
const app: ImageState = { project: 'app', prefix: 'app', image: 'r.io/app', version: '1111111', digest, fresh: 0 };
const date = new Date('2024-05-06T07:08:09Z');
const pin = (state: VersionsState) => {
  const versions = withRelease(state.versions, { version: 'v1.0.0', date, prefixes: ['app'] });
  return { steps: [withImage({ ...state, versions }, { ...app, pin: { version: 'v1.0.0', digest } })] };
};
const unpin = (state: VersionsState) => ({
  steps: [withImage({ ...state, versions: withoutPins(state.versions, ['app']) }, { ...app, version: '2222222' })],
});

/** A process that is not there any more: its number is above all that a system gives. */
const gone: LockEnvironment = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  isAlive: () => false,
  pid: 99_999_999,
  startedMs: 0,
  host: hostname(),
  pidNamespace: undefined,
};

let root: string;
let paths: { versionsFile: string; varsFile: string };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'version-files-'));
  paths = { versionsFile: join(root, 'image_versions.src'), varsFile: join(root, 'image_vars.src') };
  writeFileSync(paths.versionsFile, '# mine\n');
  calm();
});
afterEach(() => {
  calm();
  rmSync(root, { recursive: true, force: true });
});

function calm(): void {
  Object.assign(fault, { calls: 0, at: Number.POSITIVE_INFINITY, code: 'KILLED', names: [] });
}

const texts = () => [paths.versionsFile, paths.varsFile].map((path) => readFileSync(path, 'utf8'));

/** A draft of a lock that was cut off names nobody, and counts as being written for a while. */
function ageDrafts(): void {
  const drafts = readdirSync(root).filter((name) => name.startsWith('.image_versions.src.lock.'));
  for (const name of drafts) utimesSync(join(root, name), 0, 0);
}

/** Old and new texts of a change, and the number of calls that it takes. */
async function rehearse(
  change: typeof pin,
): Promise<{ before: string[]; after: string[]; calls: number; names: string[] }> {
  const before = texts();
  calm();
  await updateVersionFiles(paths, change, { environment: gone });
  const { calls, names } = { ...fault };
  const after = texts();
  calm();
  writeFileSync(paths.versionsFile, before[0] ?? '');
  writeFileSync(paths.varsFile, before[1] ?? '');
  return { before, after, calls, names };
}

describe.each([
  ['a line comes', pin, [0, 1]],
  ['a line goes', unpin, [1, 0]],
] as const)('while %s', (_, change, order) => {
  beforeEach(async () => {
    await updateVersionFiles(paths, change === pin ? (state) => ({ steps: [withImage(state, app)] }) : pin);
  });

  it('the process may be killed at any step: files are old or new, in the right order, and the next run ends well', async () => {
    const { before, after, calls, names } = await rehearse(change);
    expect(names.filter((name) => name === 'rename')).toHaveLength(2);
    const seen = new Set<string>();
    for (let at = 1; at <= calls; at++) {
      Object.assign(fault, { calls: 0, at });
      await updateVersionFiles(paths, change, { environment: gone }).catch(() => undefined);
      const left = texts();
      const isNew = left.map((text, index) =>
        text === before[index] ? 'old' : text === after[index] ? 'new' : 'broken',
      );
      seen.add(order.map((index) => isNew[index]).join(' '));
      calm();
      await updateVersionFiles(paths, change);
      expect(texts()).toEqual(after);
      writeFileSync(paths.versionsFile, before[0] ?? '');
      writeFileSync(paths.varsFile, before[1] ?? '');
    }
    expect([...seen]).toEqual(['old old', 'new old', 'new new']);
    ageDrafts();
    await updateVersionFiles(paths, change);
    expect(readdirSync(root).sort()).toEqual(['image_vars.src', 'image_versions.src']);
  });

  it.each([
    ['ENOSPC', 'Make room on the disk'],
    ['EACCES', 'Allow this user to write'],
  ])(
    'a write that fails with %s is an error, and leaves the files as they were and nothing else',
    async (code, hint) => {
      const { before, names } = await rehearse(change);
      const firstRename = names.indexOf('rename');
      for (let at = names.indexOf('open') + 1; at <= firstRename; at++) {
        if (names[at - 1] === 'rm') continue;
        Object.assign(fault, { calls: 0, at, code });
        await expect(updateVersionFiles(paths, change), names[at - 1]).rejects.toMatchObject({
          code: 'environment',
          message: expect.stringMatching(
            new RegExp(`^Write .*image_.*\\.src: ${code}: made up; the file is as it was$`),
          ),
          hint: expect.stringContaining(hint),
        });
        calm();
        expect(texts()).toEqual(before);
        expect(readdirSync(root).sort()).toEqual(['image_vars.src', 'image_versions.src']);
      }
    },
  );

  it('a disk so full that not even the lock fits is an error, and leaves no lock', async () => {
    const { before, names } = await rehearse(change);
    for (let at = 1; at <= names.indexOf('link') + 1; at++) {
      Object.assign(fault, { calls: 0, at, code: 'ENOSPC' });
      await expect(updateVersionFiles(paths, change)).rejects.toThrowError(/^Lock the version files with .*ENOSPC/);
      calm();
      expect(texts()).toEqual(before);
      expect(readdirSync(root).sort()).toEqual(['image_vars.src', 'image_versions.src']);
    }
  });
});

describe('in processes of their own', () => {
  let built: string;
  beforeAll(async () => {
    built = mkdtempSync(join(tmpdir(), 'version-files-built-'));
    const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
    symlinkSync(source('../../../../node_modules'), join(built, 'node_modules'));
    writeFileSync(
      join(built, 'writer.ts'),
      `import { updateVersionFiles } from '${source('version-files.ts')}';
       import { withImage } from '${source('state.ts')}';
       import { withoutPins, withRelease } from '${source('versions-file.ts')}';
       const [root, prefix, rounds] = process.argv.slice(2);
       const paths = { versionsFile: root + '/image_versions.src', varsFile: root + '/image_vars.src' };
       const image = { project: prefix, prefix, image: 'r.io/' + prefix, version: '1111111', digest: '${digest}', fresh: 0 };
       console.log('ready');
       for (let round = 1; round <= Number(rounds); round++) {
         await updateVersionFiles(paths, (state) => {
           const release = { version: 'v1.0.' + round, date: new Date(0), prefixes: [prefix] };
           const versions = withRelease(withoutPins(state.versions, [prefix]), release);
           return { steps: [withImage({ ...state, versions }, { ...image, fresh: round })] };
         });
       }`,
    );
    const bundle = await rolldown({
      input: join(built, 'writer.ts'),
      platform: 'node',
      external: (id) => /^[a-z]/.test(id),
      resolve: {
        alias: { '@image-versions/oci/lookup': source('../../../oci/src/lookup.ts') },
        extensionAlias: { '.js': ['.ts'] },
      },
    });
    await bundle.write({ dir: built, entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
  });
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  const write = (prefix: string, rounds: number) =>
    spawn(process.execPath, [join(built, 'writer.mjs'), root, prefix, String(rounds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it('three that write at once lose nothing of each other', async () => {
    const ends = await Promise.all(['app', 'db', 'web'].map((prefix) => once(write(prefix, 8), 'exit')));
    expect(ends.map(([code]) => code)).toEqual([0, 0, 0]);
    const { versions, images } = await readVersionFiles(paths);
    expect(images.map(({ prefix, fresh }) => `${prefix} ${fresh}`)).toEqual(['app 8', 'db 8', 'web 8']);
    const text = formatVersionsFile(versions);
    for (const prefix of ['app', 'db', 'web'])
      expect(text.match(new RegExp(`^${prefix}_VER=.*$`, 'gm'))).toEqual([`${prefix}_VER="v1.0.8"`]);
    expect(readdirSync(root).sort()).toEqual(['image_vars.src', 'image_versions.src']);
  });

  it('one that is killed at some moment leaves whole files, and its lock is taken over', async () => {
    for (const delay of [0, 3, 7, 13, 22, 40]) {
      const process = write('app', 10_000);
      await once(process.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, delay));
      process.kill('SIGKILL');
      await once(process, 'exit');
      const lock = join(root, '.image_versions.src.lock');
      expect(existsSync(lock) ? readFileSync(lock, 'utf8') : '{}').toMatch(/^\{.*\}$/);
      const { versions } = await readVersionFiles(paths);
      expect(formatVersionsFile(versions)).toMatch(
        /^# mine\n(# Thu Jan {2}1 .* -- v1\.0\.\d+\n)*(app_VER="v1\.0\.\d+"\n)?$/,
      );
    }
    ageDrafts();
    await updateVersionFiles(paths, (state) => ({ steps: [withImage(state, { ...app, fresh: 77 })] }), {
      waitMs: 10_000,
    });
    expect(readdirSync(root).sort()).toEqual(['image_vars.src', 'image_versions.src']);
  });
});
