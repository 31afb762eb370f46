import { DiffError } from '../errors.js';

/** Longest path of an entry, in characters: Linux's PATH_MAX, so that no container could hold a longer one. */
export const MAX_PATH_LENGTH = 4096;

const BARE_NUL = /\0(?![89a-f][0-9a-f])/;

/**
 * A tar name in the form of `LayerEntry.path`: `./a//b/` is `a/b`, `/` and `./` are the root, the empty string. A NUL and two
 * hex digits stay: a byte that is no UTF-8 (`TarHeader.path`). Throws `invalid` for an empty name, one with any other NUL, and one that
 * leaves the root (`a/../../b`); `limit` for one that is too long.
 */
export function normalizePath(name: string): string {
  if (name.length > MAX_PATH_LENGTH) {
    throw new DiffError(
      'limit',
      `layer: entry ${shown(name)} has a name of ${name.length} characters, more than ${MAX_PATH_LENGTH}`,
      { hint: 'No Linux file system can hold such a path; the layer is damaged or hostile.' },
    );
  }
  if (name === '') throw new DiffError('invalid', 'layer: an entry has an empty name');
  if (name.includes('\0') && BARE_NUL.test(name))
    throw new DiffError('invalid', `layer: entry ${shown(name)} has a NUL in its name`);
  if (isPlain(name)) return name;
  const kept: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.pop() === undefined) {
      throw new DiffError('invalid', `layer: entry ${shown(name)} lies outside of the image's root`, {
        hint: 'The layer is damaged or hostile; do not run this image.',
      });
    }
  }
  return kept.join('/');
}

/** `a/b` for `a/b/c`; the root, the empty string, for `a`. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** `c` for `a/b/c`. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A name for a message: quoted, control characters escaped, cut. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}

/** Whether nothing is to be done, which is so for nearly every name: no `//`, `/./`, `/../`, nor such a start or end. */
function isPlain(name: string): boolean {
  return !/(?:^|\/)(?:\.{0,2}(?:\/|$))/.test(name);
}
