import { InstructionError } from './dockerfile-error.js';
import { splitWords } from './expand.js';

/** Arguments in JSON's form, `["a", "b"]`; `undefined` where they are plain text. Throws where the list has something but strings. */
export function jsonList(rest: string): string[] | undefined {
  if (!rest.startsWith('[')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(rest);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  if (parsed.some((item) => typeof item !== 'string'))
    throw new InstructionError('a list in JSON may hold only strings');
  return parsed;
}

/** A list in JSON's form, else the words between spaces; quotes mean nothing here. */
export function listOrWords(rest: string): string[] {
  return jsonList(rest) ?? rest.split(/\s+/).filter((word) => word !== '');
}

/** A command: words in JSON's form, else one line for a shell. */
export type CommandLine = { readonly words: readonly string[] } | { readonly shell: string };

export function commandLine(rest: string): CommandLine {
  const words = jsonList(rest);
  return words === undefined ? { shell: rest } : { words };
}

/** `a=1 b="2 3"`, or `a the rest of the line`: as written, not yet expanded. */
export function namesAndValues(rest: string, escapeSign: string): [name: string, value: string][] {
  const words = splitWords(rest, escapeSign);
  const first = words[0] ?? '';
  if (!first.includes('=')) {
    const [, name, value] = /^(\S+)\s+([\s\S]+)$/.exec(rest) ?? [];
    if (name === undefined || value === undefined)
      throw new InstructionError('expected a name and a value, name=value');
    return [[name, value]];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0) throw new InstructionError(`expected name=value, got ${JSON.stringify(word.slice(0, 100))}`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

/** ARG's arguments: a name, or a name and its default as written. */
export function namesAndDefaults(rest: string, escapeSign: string): [name: string, value: string | undefined][] {
  return splitWords(rest, escapeSign).map((word) => {
    const equals = word.indexOf('=');
    return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
  });
}
