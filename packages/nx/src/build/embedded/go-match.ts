import { InstructionError } from './dockerfile-error.js';

/**
 * A pattern of Go's `filepath.Match`: `*` and `?` stop at a slash, `[a-z]` and `[^a-z]` are classes, `\` escapes.
 * Throws `InstructionError` for one that is malformed.
 */
export function goMatch(pattern: string): (path: string) => boolean {
  let source = '';
  const chars = [...pattern];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\') source += quoted(chars[++at]);
    else if (char === '[') {
      const end = classEnd(chars, at + 1);
      source += characterClass(chars.slice(at + 1, end));
      at = end;
    } else source += quoted(char);
  }
  const expression = new RegExp(`^${source}$`, 'su');
  return (path) => expression.test(path);
}

/** Whether a path has to be matched: escaped signs don't count. */
export function hasWildcard(path: string): boolean {
  return /[*?[]/.test(path.replace(/\\./gs, ''));
}

function classEnd(chars: readonly string[], from: number): number {
  let at = chars[from] === '^' ? from + 1 : from;
  for (const first = at; at < chars.length; at++) {
    if (chars[at] === '\\') at += 1;
    else if (chars[at] === ']' && at > first) return at;
  }
  throw new InstructionError('a [ has no end');
}

function characterClass(chars: readonly string[]): string {
  const isNegated = chars[0] === '^';
  let inside = '';
  for (let at = isNegated ? 1 : 0; at < chars.length; at++) {
    const char = chars[at] as string;
    if (char === '-' && at > (isNegated ? 1 : 0) && at < chars.length - 1) inside += '-';
    else inside += quoted(char === '\\' ? chars[++at] : char);
  }
  return `${isNegated ? '(?!/)' : ''}[${isNegated ? '^' : ''}${inside}]`;
}

function quoted(char: string | undefined): string {
  if (char === undefined) throw new InstructionError('nothing follows a \\');
  return /^\w$/.test(char) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`;
}
