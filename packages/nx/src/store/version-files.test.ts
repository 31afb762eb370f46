import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock } from '@image-versions/oci/lookup';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ImageState, imageOf, type VersionsState, withImage } from './state.js';
import { readVersionFiles, updateVersionFiles } from './version-files.js';
import { formatVersionsFile, pinOf, withoutPins, withRelease } from './versions-file.js';

vi.mock('@image-versions/oci/lookup', { spy: true });

const digest = (character: string) => `sha256:${character.repeat(64)}`;
const app: ImageState = {
  project: 'app',
  prefix: 'app',
  image: 'r.io/app',
  version: '1111111',
  digest: digest('a'),
  fresh: 0,
};
const date = new Date('2024-05-06T07:08:09Z');

let root: string;
let paths: { versionsFile: string; varsFile: string };
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'version-files-'));
  paths = { versionsFile: join(root, 'image_versions.src'), varsFile: join(root, 'image_vars.src') };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const withApp = (state: VersionsState) => ({ steps: [withImage(state, app)] });
const withPin = (version: string) => (state: VersionsState) => {
  const versions = withRelease(state.versions, { version, date, prefixes: ['app'] });
  return { steps: [withImage({ ...state, versions }, { ...app, pin: { version, digest: app.digest } })] };
};
const withoutPin = (state: VersionsState) => ({
  steps: [withImage({ ...state, versions: withoutPins(state.versions, ['app']) }, app)],
});

describe('reading', () => {
  it('takes files that are not there for empty ones, and makes none', async () => {
    const state = await readVersionFiles(paths);
    expect(formatVersionsFile(state.versions)).toBe('');
    expect(state.images).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
  });

  it('reads again where the versions file became another one while the generated file was read', async () => {
    await updateVersionFiles(paths, withApp);
    const generated = readFileSync(paths.varsFile);
    rmSync(paths.varsFile);
    execFileSync('mkfifo', [paths.varsFile]);
    const reading = readVersionFiles(paths);
    const pipe = await open(paths.varsFile, 'w');
    rmSync(paths.varsFile);
    writeFileSync(paths.varsFile, generated);
    writeFileSync(paths.versionsFile, 'app_VER="v2.0.0"\n');
    await pipe.writeFile(generated);
    await pipe.close();
    const { versions, images } = await reading;
    expect(pinOf(versions, 'app')).toEqual({ kind: 'pin', version: 'v2.0.0' });
    expect(images).toEqual([app]);
  });

  it('names the file in every error', async () => {
    writeFileSync(paths.versionsFile, 'app_VER="$(id)"\n');
    const { versions } = await readVersionFiles(paths);
    expect(() => pinOf(versions, 'app')).toThrowError(`${paths.versionsFile}, line 1: `);
    writeFileSync(paths.varsFile, 'x=1\n');
    await expect(readVersionFiles(paths)).rejects.toThrowError(`${paths.varsFile}: expected a file generated`);
    rmSync(paths.varsFile);
    mkdirSync(paths.varsFile);
    await expect(readVersionFiles(paths)).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringContaining(`Read ${paths.varsFile}: `),
    });
  });
});

describe('updating', () => {
  it('writes what is read back, and returns what the change did', async () => {
    const result = await updateVersionFiles(paths, (state) => ({ ...withPin('v1.0.0')(state), rows: 3 }));
    expect(result.rows).toBe(3);
    const state = await readVersionFiles(paths);
    expect(pinOf(state.versions, 'app')).toEqual({ kind: 'pin', version: 'v1.0.0' });
    expect(imageOf(state, 'app')).toEqual({ ...app, pin: { version: 'v1.0.0', digest: app.digest } });
    expect(readdirSync(root).sort()).toEqual(['image_vars.src', 'image_versions.src']);
  });

  it('keeps bytes that are no UTF-8', async () => {
    const bytes = Buffer.from([0x23, 0xff, 0xfe, 0x0a, 0x23, 0xc3, 0xa9, 0x0d, 0x0a]);
    writeFileSync(paths.versionsFile, bytes);
    await updateVersionFiles(paths, withPin('v1.0.0'));
    expect(readFileSync(paths.versionsFile).subarray(0, bytes.length)).toEqual(bytes);
  });

  it('makes no versions file where there are no pins, and no file where there is nothing to say', async () => {
    await updateVersionFiles(paths, (state) => ({ steps: [state] }));
    expect(readdirSync(root)).toEqual([]);
    await updateVersionFiles(paths, withApp);
    expect(readdirSync(root)).toEqual(['image_vars.src']);
  });

  it('does not touch a file that stays as it is', async () => {
    await updateVersionFiles(paths, withPin('v1.0.0'));
    const long = new Date('2020-01-01T00:00:00Z');
    for (const path of [paths.versionsFile, paths.varsFile]) utimesSync(path, long, long);
    const inode = statSync(paths.versionsFile).ino;
    await updateVersionFiles(paths, withPin('v1.0.0'));
    await updateVersionFiles(paths, (state) => ({ steps: [withImage(state, { ...app, fresh: 1 })] }));
    expect(statSync(paths.versionsFile)).toMatchObject({ mtime: long, ino: inode });
    expect(statSync(paths.varsFile).mtime).not.toEqual(long);
    utimesSync(paths.varsFile, long, long);
    await updateVersionFiles(paths, ({ images, versions }) => ({
      steps: [{ images, versions: withoutPins(versions, ['app']) }],
    }));
    expect(statSync(paths.varsFile).mtime).toEqual(long);
    expect(statSync(paths.versionsFile).mtime).not.toEqual(long);
  });

  it('takes no lock where nothing is to be written', async () => {
    await updateVersionFiles(paths, withPin('v1.0.0'));
    writeFileSync(join(root, '.image_versions.src.lock'), '{"pid":20,"startedMs":1,"host":"elsewhere","id":"x"}');
    await updateVersionFiles(paths, withPin('v1.0.0'), { waitMs: 0 });
  });

  it('writes each step, also one that brings back what there was before', async () => {
    await updateVersionFiles(paths, withApp);
    const before = readFileSync(paths.varsFile, 'utf8');
    await updateVersionFiles(paths, (state) => ({ steps: [withImage(state, { ...app, fresh: 1 }), state] }));
    expect(readFileSync(paths.varsFile, 'utf8')).toBe(before);
  });

  it('leaves the generated file with its functions when the last image goes', async () => {
    await updateVersionFiles(paths, withApp);
    await updateVersionFiles(paths, (state) => ({ steps: [{ ...state, images: [] }] }));
    expect(readFileSync(paths.varsFile, 'utf8')).toContain('imageVersions() {');
    expect((await readVersionFiles(paths)).images).toEqual([]);
  });

  it('keeps mode and symbolic links', async () => {
    mkdirSync(join(root, 'real'));
    writeFileSync(join(root, 'real', 'pins'), '# mine\n');
    chmodSync(join(root, 'real', 'pins'), 0o640);
    symlinkSync('real/pins', paths.versionsFile);
    symlinkSync('real/vars', paths.varsFile);
    await updateVersionFiles(paths, withPin('v1.0.0'));
    expect([paths.versionsFile, paths.varsFile].map((path) => lstatSync(path).isSymbolicLink())).toEqual([true, true]);
    expect(statSync(join(root, 'real', 'pins')).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(root, 'real')).sort()).toEqual(['pins', 'vars']);
    expect(readFileSync(join(root, 'real', 'pins'), 'utf8')).toMatch(/^# mine\n.*app_VER="v1\.0\.0"\n$/s);
  });

  it('lets the generated file source the other one from where it lies', async () => {
    mkdirSync(join(root, 'config'));
    await updateVersionFiles(
      { versionsFile: paths.versionsFile, varsFile: join(root, 'config', 'vars.src') },
      withPin('v1.0.0'),
    );
    expect(readFileSync(join(root, 'config', 'vars.src'), 'utf8')).toContain(
      "_imageVersions_load '../image_versions.src'\n",
    );
  });

  it('changes nothing if the change fails, or an image has a name that no shell may read', async () => {
    await updateVersionFiles(paths, withPin('v1.0.0'));
    const before = [paths.versionsFile, paths.varsFile].map((path) => readFileSync(path, 'utf8'));
    const bad = (state: VersionsState) => ({
      steps: [withImage(withoutPin(state).steps[0] ?? state, { ...app, image: 'a`id`' })],
    });
    await expect(updateVersionFiles(paths, bad)).rejects.toMatchObject({ code: 'invalid' });
    await expect(updateVersionFiles(paths, () => Promise.reject(new Error('no')))).rejects.toThrowError('no');
    expect([paths.versionsFile, paths.varsFile].map((path) => readFileSync(path, 'utf8'))).toEqual(before);
    expect(readdirSync(root).sort()).toEqual(['image_vars.src', 'image_versions.src']);
  });

  it('begins again with what a person wrote meanwhile', async () => {
    let calls = 0;
    await updateVersionFiles(paths, (state) => {
      calls += 1;
      if (calls === 1) writeFileSync(paths.versionsFile, '# written meanwhile\n');
      return withPin('v1.0.0')(state);
    });
    expect(calls).toBe(2);
    expect(readFileSync(paths.versionsFile, 'utf8')).toMatch(/^# written meanwhile\n/);
  });

  it('begins again with what another run wrote meanwhile into the generated file alone', async () => {
    const other = { ...app, project: 'db', prefix: 'db' };
    const change = vi.fn(async (state: VersionsState) => {
      if (change.mock.calls.length === 1)
        await updateVersionFiles(paths, (now) => ({ steps: [withImage(now, other)] }));
      return withApp(state);
    });
    await updateVersionFiles(paths, change);
    expect(change).toHaveBeenCalledTimes(2);
    expect((await readVersionFiles(paths)).images).toEqual([app, other]);
  });

  it('loses nothing of twelve that write at once', async () => {
    const add = (index: number) =>
      updateVersionFiles(paths, (state) => {
        const prefix = `app${index}`;
        const versions = withRelease(state.versions, { version: 'v1.0.0', date, prefixes: [prefix] });
        return { steps: [withImage({ ...state, versions }, { ...app, project: prefix, prefix })] };
      });
    await Promise.all(Array.from({ length: 12 }, (_, index) => add(index)));
    const { versions, images } = await readVersionFiles(paths);
    expect(images).toHaveLength(12);
    expect(images.every(({ prefix }) => pinOf(versions, prefix)?.version === 'v1.0.0')).toBe(true);
  });

  it('begins again if another run took the lock over', async () => {
    vi.mocked(acquireLock).mockResolvedValueOnce({ isHeld: async () => false, release: async () => undefined });
    const change = vi.fn(withPin('v1.0.0'));
    await updateVersionFiles(paths, change);
    expect(change).toHaveBeenCalledTimes(2);
    expect(pinOf((await readVersionFiles(paths)).versions, 'app')?.version).toBe('v1.0.0');
  });

  it('waits for another run, and then says which one holds the lock', async () => {
    const lock = join(root, '.image_versions.src.lock');
    writeFileSync(lock, '{"pid":20,"startedMs":1,"host":"elsewhere","id":"x"}');
    await expect(updateVersionFiles(paths, withPin('v1.0.0'), { waitMs: 100 })).rejects.toMatchObject({
      code: 'environment',
      message: `Lock the version files with ${lock}: expected it to be free within 0.1 s; it is held by process 20 on elsewhere`,
      hint: `Wait until that run has ended; if there is none, remove ${lock}.`,
    });
    expect(readdirSync(root)).toEqual(['.image_versions.src.lock']);
  });

  it('makes the folders that are not there yet', async () => {
    const deep = { versionsFile: join(root, 'a/b/image_versions.src'), varsFile: join(root, 'c/image_vars.src') };
    await updateVersionFiles(deep, withApp);
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(['a', 'a/b', 'c', 'c/image_vars.src']);
  });

  it('says what failed when the folder takes no file, and leaves the files', async () => {
    writeFileSync(join(root, 'file'), '');
    const blocked = { versionsFile: join(root, 'file', 'image_versions.src'), varsFile: paths.varsFile };
    await expect(updateVersionFiles(blocked, withPin('v1.0.0'))).rejects.toMatchObject({ code: 'environment' });
    const below = { versionsFile: paths.versionsFile, varsFile: join(root, 'file', 'image_vars.src') };
    await expect(updateVersionFiles(below, withPin('v1.0.0'))).rejects.toMatchObject({ code: 'environment' });
    expect(readdirSync(root)).toEqual(['file']);
  });
});
