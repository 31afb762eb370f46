import { mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { FileLock, LockOptions } from '@image-versions/oci';
import { ImageVersionsError } from '../errors.js';
import { type Replacement, removeLeftovers, replaceFiles } from './replace-file.js';
import type { VersionsState } from './state.js';
import { formatVarsFile, parseVarsFile } from './vars-file.js';
import { formatVersionsFile, parseVersionsFile, prefixesOf, type VersionsFile } from './versions-file.js';

/** Absolute paths of the two version files; either may not exist yet. */
export interface VersionFilePaths {
  readonly versionsFile: string;
  readonly varsFile: string;
}

/** Attempts to write upon what was read, while others write. */
const ATTEMPTS = 20;
const READS = 20;
/** A run holds the lock for the time of writing two small files. */
const LOCK = { waitMs: 30_000, staleMs: 600_000 };

interface Texts {
  readonly versions: string | undefined;
  readonly vars: string | undefined;
}

/**
 * Reads both version files as one state. That may be what a killed run left, and is never a mix that looks as if a person had removed a
 * line. A file that does not exist is empty. Errors `invalid` and `environment`.
 */
export async function readVersionFiles(paths: VersionFilePaths): Promise<VersionsState> {
  return parse(await readTexts(paths), paths);
}

/**
 * The one way to write the version files: reads them, asks `change` what they are to become, and replaces what differs, if nobody wrote in
 * between; else begins again, so `change` may be called several times. Of each step, `varsFile` is replaced first if a line goes, else
 * `versionsFile`. A file whose text stays is not touched; folders are made. Returns what `change` returned.
 */
export async function updateVersionFiles<T extends { readonly steps: readonly VersionsState[] }>(
  paths: VersionFilePaths,
  change: (state: VersionsState) => T | Promise<T>,
  options: Partial<LockOptions> = {},
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const texts = await readTexts(paths);
    const state = parse(texts, paths);
    const result = await change(state);
    const writes = planWrites(texts, state, result.steps, paths);
    if (writes.length === 0) return result;
    // Where it can't be made, neither can the lock, which says so.
    await mkdir(dirname(paths.versionsFile), { recursive: true }).catch(() => undefined);
    const lock = await lockVersionFiles(paths, { ...LOCK, ...options });
    try {
      if (await writeUpon(texts, writes, paths, lock)) return result;
    } finally {
      await lock.release();
    }
  }
  throw new ImageVersionsError(
    'environment',
    `Write ${paths.versionsFile}: it was changed by others ${ATTEMPTS} times in a row`,
    {
      hint: 'Run it again once the other runs have ended.',
    },
  );
}

async function lockVersionFiles({ versionsFile }: VersionFilePaths, options: LockOptions): Promise<FileLock> {
  const { acquireLock, isOciError } = await import('@image-versions/oci/lookup');
  const path = join(dirname(versionsFile), `.${basename(versionsFile)}.lock`);
  try {
    return await acquireLock(path, options);
  } catch (cause) {
    const isTaken = isOciError(cause);
    const { message } = cause as Error;
    throw new ImageVersionsError(
      'environment',
      `Lock the version files with ${isTaken ? message : `${path}: ${message}; they are as they were`}`,
      { hint: isTaken ? cause.hint : 'The folder of the versions file must be writable, and have room.', cause },
    );
  }
}

/** Writes, if the files are what they were and the lock is still held; else returns false. */
async function writeUpon(
  texts: Texts,
  writes: readonly Replacement[][],
  paths: VersionFilePaths,
  lock: FileLock,
): Promise<boolean> {
  const now = await readTexts(paths);
  if (now.versions !== texts.versions || now.vars !== texts.vars) return false;
  await Promise.all([removeLeftovers(paths.versionsFile), removeLeftovers(paths.varsFile)]);
  for (const step of writes) {
    if (!(await lock.isHeld())) return false;
    await replaceFiles(step);
  }
  return true;
}

function parse(texts: Texts, paths: VersionFilePaths): VersionsState {
  return {
    versions: parseVersionsFile(texts.versions ?? '', paths.versionsFile),
    images: parseVarsFile(texts.vars ?? '', paths.varsFile),
  };
}

/** The versions file is read before and after the other one: whichever is written first, an old one never meets a newer state. */
async function readTexts(paths: VersionFilePaths): Promise<Texts> {
  let versions = await readText(paths.versionsFile, 'latin1');
  for (let read = 0; read < READS; read++) {
    const vars = await readText(paths.varsFile, 'utf8');
    const again = await readText(paths.versionsFile, 'latin1');
    if (again === versions) return { versions, vars };
    versions = again;
  }
  throw new ImageVersionsError('environment', `Read ${paths.versionsFile}: it changes faster than it can be read`, {
    hint: 'Run it again once the other runs have ended.',
  });
}

/** latin1 keeps every byte of a file that people edit. */
async function readText(path: string, encoding: 'latin1' | 'utf8'): Promise<string | undefined> {
  try {
    return await readFile(path, encoding);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ImageVersionsError('environment', `Read ${path}: ${(cause as Error).message}`, {
      hint: 'It must be a file that this user may read.',
      cause,
    });
  }
}

function planWrites(
  texts: Texts,
  state: VersionsState,
  steps: readonly VersionsState[],
  paths: VersionFilePaths,
): Replacement[][] {
  const versionsFileName = relative(dirname(paths.varsFile), paths.versionsFile).split(sep).join('/');
  const writes: Replacement[][] = [];
  let before = { versions: state.versions, versionsText: texts.versions ?? '', varsText: texts.vars };
  for (const step of steps) {
    const versionsText = formatVersionsFile(step.versions);
    const isNeeded = step.images.length > 0 || before.varsText !== undefined;
    const varsText = isNeeded ? formatVarsFile(step.images, { versionsFileName }) : undefined;
    const versions = { path: paths.versionsFile, content: Buffer.from(versionsText, 'latin1') };
    const vars = { path: paths.varsFile, content: Buffer.from(varsText ?? '', 'utf8') };
    const pair = losesLine(before.versions, step.versions) ? [vars, versions] : [versions, vars];
    const changed = pair.filter((file) =>
      file === versions ? versionsText !== before.versionsText : varsText !== before.varsText,
    );
    if (changed.length > 0) writes.push(changed);
    before = { versions: step.versions, versionsText, varsText };
  }
  return writes;
}

function losesLine(before: VersionsFile, after: VersionsFile): boolean {
  const left = new Set(prefixesOf(after));
  return prefixesOf(before).some((prefix) => !left.has(prefix));
}
