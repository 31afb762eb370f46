/** What a terminal acts on: control characters, separators of lines, and marks that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text of an image's own (paths, labels) with what a terminal or a table would act on made visible. */
export function printable(text: string): string {
  return text.replace(ACTING, escaped);
}

/** The same of a text that may have several lines: their ends stay, and tabs. */
export function printableLines(text: string): string {
  return text.replace(ACTING, (character) => {
    if (character === '\n' || character === '\t') return character;
    return character === '\r' ? '\\r' : escaped(character);
  });
}

/** Indented JSON with a line end, in which the same is escaped; who parses it gets what was there. */
export function printJson(value: unknown): string {
  return `${printableLines(JSON.stringify(value, undefined, 2))}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
