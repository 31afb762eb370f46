import type { ImageConfig } from '@image-versions/oci';
import type { FileTree } from '../tree/tree.js';
import type { Change } from './comparison.js';
import { withoutSecrets } from './setting-detail.js';

/** One side as the profile `size+history` sees it. */
export interface SizedImage {
  readonly tree: FileTree;
  readonly config: ImageConfig;
}

/** The line that the original system dropped, since the classic builder names a copied file by a hash of its time, too. */
const VOLATILE = /COPY file:[0-9a-f]+ in fat\.jar/;

/**
 * What the system in which this began called a difference: the total size of all files, and lines of the history that only one
 * image has. It misses every change of equal size, and a log line is one; for comparison only.
 */
export function compareSizeAndHistory(before: SizedImage, after: SizedImage): readonly Change[] {
  const changes: Change[] = [];
  const [was, is] = [sizeOf(before.tree), sizeOf(after.tree)];
  if (was !== is) {
    const detail = `${was} -> ${is} bytes`;
    changes.push({ category: 'metadata', kind: 'config', action: 'modified', subject: 'SIZE', detail });
  }
  const [old, now] = [linesOf(before.config), linesOf(after.config)];
  const line = (action: 'added' | 'removed') => (text: string) =>
    ({ category: 'metadata', kind: 'config', action, subject: 'HISTORY', detail: withoutSecrets(text) }) as const;
  changes.push(...[...old].filter((text) => !now.has(text)).map(line('removed')));
  changes.push(...[...now].filter((text) => !old.has(text)).map(line('added')));
  return changes;
}

function sizeOf(tree: FileTree): number {
  let sum = 0;
  for (const { size } of tree.entries) sum += size;
  return sum;
}

function linesOf({ history }: ImageConfig): Set<string> {
  return new Set(history.map(({ createdBy }) => createdBy ?? '').filter((text) => !VOLATILE.test(text)));
}
