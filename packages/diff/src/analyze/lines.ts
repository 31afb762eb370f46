const decoder = new TextDecoder('utf-8');

/** `content` as text, and invalid bytes as U+FFFD: a package manager's file in an unknown encoding is still mostly read. */
export function decodeText(content: Uint8Array): string {
  return decoder.decode(content);
}

/** The lines of `text`, without their line ends, one at a time. */
export function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    yield text.charCodeAt(stop - 1) === 13 && stop > start ? text.slice(start, stop - 1) : text.slice(start, stop);
    start = stop + 1;
  }
}

/**
 * The header fields of a block in the form of RFC 822, up to the first empty line. Names are in lower case; a field that
 * comes twice has its first value; continuation lines are left out, since no field that is read here has any.
 */
export function readFields(lines: Iterable<string>): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith(' ') || line.startsWith('\t')) continue;
    const name = line.slice(0, colon).toLowerCase();
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}
