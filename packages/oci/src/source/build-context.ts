import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Header, Pack } from 'tar-stream';
import { OciError } from '../errors.js';
import type { DockerIgnore } from './docker-ignore.js';

export interface BuildContextOptions {
  readonly folder: string;
  /** Absolute, or relative to `folder`. */
  readonly dockerfile: string;
  /**
   * Whether the builder itself hides an ignored Dockerfile or .dockerignore from COPY, by the .dockerignore that it is sent.
   * The classic builder does. BuildKit takes a context that comes as a tar as it is.
   */
  readonly builderHides: boolean;
}

export interface BuildContext {
  /** An uncompressed tar. Errors of reading the folder come out of it. */
  readonly tar: Readable;
  /** Path of the Dockerfile in it. */
  readonly dockerfile: string;
  /** The Dockerfile is ignored, or from outside, but COPY will find it since this builder hides nothing. */
  readonly exposed: boolean;
}

/** Where a Dockerfile from outside of the context goes; always the same, so that it costs no cache. */
const outsideName = '.dockerfile.image-versions';

/**
 * A folder as the context of a build: what `docker build` sends, with owner 0:0 and in the order of the names. Left out is what
 * `<Dockerfile>.dockerignore` beside the Dockerfile says, or else `.dockerignore` of the folder. A Dockerfile outside of the
 * folder is sent under a name of its own that is ignored. File times stay, as COPY keeps them.
 * Errors: `invalid` where the folder, the Dockerfile or a file can't be read.
 */
export async function openBuildContext(options: BuildContextOptions): Promise<BuildContext> {
  const root = resolve(options.folder);
  const file = resolve(root, options.dockerfile);
  if (!(await lstat(root).catch(() => undefined))?.isDirectory()) {
    throw new OciError('invalid', `The build context ${options.folder} is not a folder.`, {
      hint: 'Correct the context.',
    });
  }
  const content = await readFile(file).catch((cause: unknown) => {
    throw new OciError('invalid', `The Dockerfile ${options.dockerfile} can't be read.`, {
      cause,
      hint: 'Correct its path, which is relative to the context.',
    });
  });
  const inside = relative(root, file).split(sep).join('/');
  const outside = inside.startsWith('../') || isAbsolute(inside);
  const dockerfile = outside ? outsideName : inside;

  const own = await readOptional(join(dirname(file), `${basename(file)}.dockerignore`));
  const common = await readOptional(join(root, '.dockerignore'));
  const { parseDockerIgnore } = await import('./docker-ignore.js');
  const ignore = parseDockerIgnore(own ?? common ?? '', own === undefined ? '.dockerignore' : `${inside}.dockerignore`);
  const hideDockerfile = outside || ignore.ignores(dockerfile);
  const hideIgnore = common === undefined || ignore.ignores('.dockerignore');

  const given = new Map<string, Buffer>();
  if (outside) given.set(dockerfile, content);
  if (options.builderHides && (outside || own !== undefined)) {
    const lines = [
      hideIgnore ? '.dockerignore' : `${common}\n!.dockerignore`,
      hideDockerfile ? dockerfile : `!${dockerfile}`,
    ];
    given.set('.dockerignore', Buffer.from(`${lines.join('\n')}\n`));
  }
  const always = new Set([dockerfile, ...(options.builderHides ? ['.dockerignore'] : [])]);

  // Loaded when first used, as few commands build.
  const { default: tar } = await import('tar-stream');
  const pack = tar.pack();
  const write = async () => {
    for (const [name, bytes] of given)
      await addEntry(pack, { name, size: bytes.length, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0 }, bytes);
    await addFolder(pack, { root, ignore, always, given }, '', []);
    pack.finalize();
  };
  write().catch((error: unknown) => pack.destroy(error instanceof Error ? error : new Error(String(error))));
  return { tar: pack as unknown as Readable, dockerfile, exposed: hideDockerfile && !options.builderHides };
}

type EntryHeader = Partial<Header> & { readonly name: string };

interface Walk {
  readonly root: string;
  readonly ignore: DockerIgnore;
  /** Sent though ignored. */
  readonly always: ReadonlySet<string>;
  /** Sent already. */
  readonly given: ReadonlyMap<string, Buffer>;
}

/** `pending`: the ignored folders above, which are sent once something in them is. */
async function addFolder(pack: Pack, walk: Walk, folder: string, pending: EntryHeader[]): Promise<void> {
  const names = await readdir(join(walk.root, folder)).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  for (const name of names.sort()) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (walk.given.has(path)) continue;
    const ignored = walk.ignore.ignores(path) && !walk.always.has(path);
    const stats = await lstat(join(walk.root, path)).catch((cause: NodeJS.ErrnoException) => {
      // It is gone since it was listed, or its name is not UTF-8: then Node lists it by another one.
      if (ignored && cause.code === 'ENOENT') return undefined;
      throw unreadable(path, cause);
    });
    if (stats === undefined) continue;
    if (stats.isDirectory()) {
      const below = [...walk.always].some((kept) => kept.startsWith(`${path}/`));
      if (ignored && !below && !walk.ignore.mayHoldKept(path)) continue;
      const header = headerOf(path, stats, { type: 'directory' });
      if (!ignored) await addPending(pack, pending.splice(0));
      if (!ignored) await addEntry(pack, header);
      await addFolder(pack, walk, path, ignored ? [...pending, header] : []);
      continue;
    }
    // As Docker's CLI: a socket has no content that a build could copy.
    if (ignored || stats.isSocket()) continue;
    await addPending(pack, pending.splice(0));
    await addFile(pack, walk.root, path, stats);
  }
}

async function addPending(pack: Pack, pending: readonly EntryHeader[]): Promise<void> {
  for (const header of pending) await addEntry(pack, header);
}

async function addFile(pack: Pack, root: string, path: string, stats: Stats): Promise<void> {
  const file = join(root, path);
  if (stats.isSymbolicLink()) {
    const linkname = (await readlink(file)).split(sep).join('/');
    return addEntry(pack, headerOf(path, stats, { type: 'symlink', linkname }));
  }
  if (!stats.isFile()) {
    throw new OciError('unsupported', `The build context has ${path}, which is neither file, folder nor link.`, {
      hint: 'Leave it out in .dockerignore.',
    });
  }
  const header = headerOf(path, stats, { type: 'file', size: stats.size });
  // Reads no more than the size in the header, should the file be growing; should it shrink, tar-stream says so.
  const content =
    stats.size === 0 ? Buffer.alloc(0) : createReadStream(file, { end: stats.size - 1, highWaterMark: 262_144 });
  await addEntry(pack, header, content).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

function headerOf(name: string, stats: Stats, rest: Partial<Header>): EntryHeader {
  // Windows has no execute bit; Docker's CLI sets it there.
  const mode = process.platform === 'win32' ? stats.mode | 0o111 : stats.mode;
  return {
    name,
    mode: mode & 0o7777,
    mtime: new Date(Math.floor(stats.mtimeMs / 1000) * 1000),
    uid: 0,
    gid: 0,
    ...rest,
  };
}

function addEntry(pack: Pack, header: EntryHeader, content?: Buffer | Readable): Promise<void> {
  if (content !== undefined && !Buffer.isBuffer(content)) return pipeline(content, pack.entry(header));
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (content === undefined) pack.entry(header, done);
    else pack.entry(header, content, done);
  });
}

const readOptional = (file: string) => readFile(file, 'utf8').catch(() => undefined);

function unreadable(path: string, cause: unknown): OciError {
  return new OciError(
    'invalid',
    `The build context has ${path || 'a folder'} that can't be read: ${(cause as Error).message}`,
    {
      cause,
      hint: 'Leave it out in .dockerignore, or make it readable.',
    },
  );
}
