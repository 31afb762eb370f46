import { bufferOf } from './byte-reader.js';
/** Text as one character a byte, so that nothing of the content is lost whatever its encoding. */
export function latin1(content: Uint8Array): string {
  return bufferOf(content).toString('latin1');
}

/** Paragraphs between blank lines (Debian's control files, apk's database), each without its final line break. */
export function paragraphs(text: string): string[] {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/\n+$/, ''))
    .filter((paragraph) => paragraph !== '');
}

/** The value of a field on a line `Name: value` of a paragraph; empty if it is not there. */
export function fieldOf(paragraph: string, name: string): string {
  const start = `${name}:`;
  const line = paragraph.split('\n').find((candidate) => candidate.startsWith(start));
  return line === undefined ? '' : line.slice(start.length).trim();
}
