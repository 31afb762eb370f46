import type { EntryType } from '@image-versions/diff';
import { InstructionError } from './dockerfile-error.js';
import type { LayerStack } from './layer-stack.js';

/** Where the bytes of a file are. */
export type Content =
  /** A file of this machine, which is no link. */
  | { readonly kind: 'disk'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A piece of the build's spool file. */
  | { readonly kind: 'spool'; readonly offset: number }
  /** What one layer of a stack has under this path, which may be a hard link. */
  | { readonly kind: 'layer'; readonly stack: LayerStack; readonly at: number; readonly path: string };

/** One file, directory or the like of an image that is being built, or of what is copied into it. */
export interface FileEntry {
  readonly type: Exclude<EntryType, 'hardlink'>;
  /** 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** In bytes; 0 for all but files. */
  readonly size: number;
  /** Seconds since 1970; absent where it is the time of the build. */
  readonly mtime?: number;
  /** Of a symlink. */
  readonly linkTarget?: string;
  readonly device?: { readonly major: number; readonly minor: number };
  /** Values in hex. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** Of a file. */
  readonly content?: Content;
}

/** Files by path. A path has no leading and no trailing slash; the root is the empty string. */
export interface Files {
  /** Of the path itself: a link is not followed. */
  get(path: string): Promise<FileEntry | undefined>;
  /** Names in a directory, in order of their UTF-16 code units. */
  list(directory: string): Promise<readonly string[]>;
}

/** `a/b/c` of any slashes and dots; `..` stops at the root. */
export function cleanPath(path: string): string {
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept.join('/');
}

export function joinPath(directory: string, name: string): string {
  return directory === '' || name === '' ? directory + name : `${directory}/${name}`;
}

/** `a/b` of `a/b/c`; the root of `a`. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** As many as Linux follows, and then some. */
const maxLinks = 255;

/**
 * The path with all links followed, the last one included, as a process sees it whose root is `root`: no link leaves that.
 * Parts that are not there stay as they are. Throws `InstructionError` for a circle.
 */
export async function followLinks(files: Pick<Files, 'get'>, path: string, root = ''): Promise<string> {
  const left = path.split('/').reverse();
  let found = root;
  let links = 0;
  while (left.length > 0) {
    const part = left.pop();
    if (part === undefined || part === '' || part === '.') continue;
    if (part === '..') {
      if (found !== root) found = parentPath(found);
      continue;
    }
    const next = joinPath(found, part);
    const target = (await files.get(next))?.linkTarget;
    if (target === undefined) {
      found = next;
      continue;
    }
    links += 1;
    if (links > maxLinks) throw new InstructionError(`/${path}: more than ${maxLinks} links follow each other`);
    if (target.startsWith('/')) found = root;
    left.push(...target.split('/').reverse());
  }
  return found;
}
