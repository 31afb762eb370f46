import { publishExecutor } from '../options/names.js';
import type { WrittenTarget } from './written-target.js';

interface TargetDefault extends WrittenTarget {
  readonly filter?: unknown;
}

/**
 * What the `targetDefaults` of nx.json say of the publish target of this name, in the order in which they are merged. As Nx does, of
 * one key alone: the executor, else the name, else the longest pattern that it matches.
 */
export async function publishDefaults(targetDefaults: unknown, name: string): Promise<WrittenTarget[]> {
  if (typeof targetDefaults !== 'object' || targetDefaults === null) return [];
  const defaults = targetDefaults as Record<string, TargetDefault | readonly TargetDefault[]>;
  for (const key of [publishExecutor, name, ...(await patternsFor(Object.keys(defaults), name))]) {
    // Nx 23 and later know lists, too. Which projects a filter is for is Nx's to say, and `checkSettings` to compare.
    const entries = ([defaults[key] ?? []].flat() as readonly TargetDefault[]).filter(
      ({ filter }) => filter === undefined,
    );
    if (entries.length > 0) return entries;
  }
  return [];
}

/** Loads a glob library only where there are patterns. */
async function patternsFor(keys: readonly string[], name: string): Promise<string[]> {
  const patterns = keys.filter((key) => /[*?[{(!|]/.test(key));
  if (patterns.length === 0) return [];
  const { minimatch } = await import('minimatch');
  return patterns.filter((pattern) => minimatch(name, pattern)).sort((a, b) => b.length - a.length);
}
