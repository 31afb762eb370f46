import { sep } from 'node:path';
import ignore from '@balena/dockerignore';
import { OciError } from '../errors.js';

/** The rules of a `.dockerignore`. Paths are relative to the context, with `/`. */
export interface DockerIgnore {
  ignores(path: string): boolean;
  /** Whether a rule that takes something back in (`!…`) may reach below this ignored folder. */
  mayHoldKept(folder: string): boolean;
}

/**
 * Reads a `.dockerignore` (moby/patternmatcher, ignorefile): last rule that matches a path or a folder above it wins.
 * Below an ignored folder `!` rules count as in BuildKit, which also looks at those with wildcards. Error `invalid`.
 */
export function parseDockerIgnore(text: string, name = '.dockerignore'): DockerIgnore {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const rules = ignore.default({ ignorecase: false }).add(lines.map(escapePlain));
  const keptBelow = lines
    .filter((line) => line.startsWith('!'))
    .map((line) =>
      line
        .slice(1)
        .trim()
        .replace(/^\.?\/+/, '')
        .split('/'),
    )
    .map((parts) =>
      parts.slice(
        0,
        [...parts, '*'].findIndex((part) => /[*?[\\]/.test(part)),
      ),
    );
  return {
    ignores(path) {
      try {
        return rules.ignores(path);
      } catch (cause) {
        throw new OciError('invalid', `A pattern of ${name} can't be read.`, { cause, hint: 'Correct the pattern.' });
      }
    },
    mayHoldKept(folder) {
      const parts = folder.split('/');
      return keptBelow.some((kept) => kept.every((part, index) => index >= parts.length || part === parts[index]));
    },
  };
}

/** Characters that mean something to a regular expression and nothing here, which the library passes on (1.0.2). */
function escapePlain(line: string): string {
  if (sep === '\\') return line;
  return line.replace(/(\\.|\[[^\]]*\])|[+(){}|^]/g, (match, kept: string | undefined) => kept ?? `\\${match}`);
}
