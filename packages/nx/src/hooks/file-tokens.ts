import { createHash } from 'node:crypto';
import type { UnhashedFact } from '../git/unhashed-facts.js';
import type { ContainerSummary } from '../graph/graph-file.js';

/** For each container, by its key, one short text for what Nx's hash leaves out of the files that may go into it; none for most. */
export function fileTokens(
  containers: readonly Pick<ContainerSummary, 'key' | 'paths'>[],
  facts: readonly UnhashedFact[],
): Map<string, string> {
  const tokens = new Map<string, string>();
  for (const { key, paths } of containers) {
    const own = facts.filter(({ path }) => paths.some((at) => at === '' || path === at || path.startsWith(`${at}/`)));
    if (own.length === 0) continue;
    const text = own.map(({ path, fact }) => `${fact} ${path}\n`).join('');
    tokens.set(key, createHash('sha256').update(text).digest('hex').slice(0, 16));
  }
  return tokens;
}
