import { parentOf } from '../layer/path.js';
import type { IndexedLayer } from './hard-link.js';

/** What some layers hide of those below them. */
export interface Cover {
  /** Whiteouts, and things that are no directory: the path and all below is hidden. */
  readonly gone: Set<string>;
  /** Opaque directories: all below the path is hidden. */
  readonly closed: Set<string>;
}

/** Adds what a layer hides of those below it. */
export function coverWith({ gone, closed }: Cover, { entries, whiteouts, opaque }: IndexedLayer['index']): void {
  for (const entry of entries) if (entry.type !== 'directory') gone.add(entry.path);
  for (const path of whiteouts) gone.add(path);
  for (const path of opaque) closed.add(path);
}

/** Whether a path is hidden. Remembers its answer for each directory, so that a deep tree costs no more than a flat one. */
export function hiddenBy({ gone, closed }: Cover): (path: string) => boolean {
  const nothingHides = gone.size === 0 && closed.size === 0;
  const known = new Map<string, boolean>();
  /** Whether what lies in this directory is hidden; a loop, since a hostile path may be thousands of names deep. */
  const isClosed = (directory: string): boolean => {
    const asked: string[] = [];
    let answer: boolean | undefined;
    for (let path = directory; ; path = parentOf(path)) {
      answer = known.get(path) ?? (closed.has(path) || gone.has(path) ? true : path === '' ? false : undefined);
      asked.push(path);
      if (answer !== undefined) break;
    }
    for (const path of asked) known.set(path, answer);
    return answer;
  };
  return (path) => !nothingHides && path !== '' && (gone.has(path) || isClosed(parentOf(path)));
}
