import picomatch from 'picomatch';
import type { TreeRule } from '../noise/rule.js';

/**
 * A rule made of a person's globs. One that starts with `/` is of the whole path; any other of a path's end, so `*.log` is every
 * log file and `cache/*.idx` that file in every `cache`. A glob that matches a directory covers what lies in it.
 */
export function ignoreRule(globs: readonly string[]): TreeRule {
  const patterns = globs.map((glob) => (glob.startsWith('/') ? glob.slice(1) : `**/${glob}`).replace(/\/+$/, ''));
  const matches = picomatch(
    patterns.flatMap((pattern) => [pattern, `${pattern}/**`]),
    { dot: true, nonegate: true },
  );
  return {
    kind: 'tree',
    name: 'ignore',
    reason: 'These paths are ignored by your options.',
    example: `${globs.join(', ')}; no other path`,
    default: true,
    judge: ({ path }) => (path !== '' && matches(path) ? 'drop' : 'keep'),
  };
}
