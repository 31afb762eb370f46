import { DockerfileError, type Place } from './dockerfile-error.js';
import { type Heredoc, HeredocReader, heredocsOf } from './heredoc.js';

/** One instruction, its lines joined. */
export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** What follows the keyword and its flags. */
  readonly rest: string;
  /** `--name=value` before the arguments; a flag without a value has the empty string. */
  readonly flags: readonly Flag[];
  /** Keyword, flags and arguments on one line. */
  readonly text: string;
  readonly heredocs: readonly Heredoc[];
  /** Where it begins, from 1. */
  readonly line: number;
}

export interface Flag {
  readonly name: string;
  readonly value: string;
}

export interface ParsedDockerfile {
  readonly file: string;
  /** `\`, or what the directive `escape` says. */
  readonly escapeSign: string;
  readonly instructions: readonly Instruction[];
}

const keywords =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$/;

/**
 * Reads a Dockerfile as BuildKit does (frontend/dockerfile/parser): directives, comments, continued lines, heredocs.
 * Error `invalid`, with file and line, for what no builder would take.
 */
export function parseDockerfileText(text: string, file: string): ParsedDockerfile {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escapeSign = escapeDirective(lines, file);
  const continued = escapeSign === '\\' ? /(^|[^\\])\\[ \t]*$/ : /(^|[^`])`[ \t]*$/;
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1;
    let joined = withoutComment(lines[at] ?? '').trimStart();
    while (continued.test(joined)) {
      joined = joined.replace(continued, '$1');
      at = nextPart(lines, at);
      if (at >= lines.length) break;
      joined += lines[at];
    }
    if (joined.trim() === '') continue;
    const instruction = readInstruction(joined.trim(), escapeSign, { file, line });
    const reader = new HeredocReader(instruction.heredocs);
    while (!reader.isDone) {
      at += 1;
      if (at >= lines.length) {
        const missing = instruction.heredocs.map(({ name }) => name).join(', ');
        throw new DockerfileError(
          { file, line },
          `the heredoc ${missing} has no end`,
          'End it with its name on a line.',
        );
      }
      reader.addLine(lines[at] ?? '');
    }
    instructions.push({ ...instruction, heredocs: reader.heredocs, line });
  }
  return { file, escapeSign, instructions };
}

/** Reads one instruction that is on one line: also what ONBUILD holds back. Error `invalid`. */
export function readInstruction(text: string, escapeSign: string, place: Place): Instruction {
  const [, word = '', after = ''] = /^(\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  const keyword = word.toUpperCase();
  if (!keywords.test(keyword)) {
    throw new DockerfileError(place, `unknown instruction ${JSON.stringify(word.slice(0, 50))}`, 'Correct it.');
  }
  const { flags, rest } = cutFlags(after, escapeSign);
  const heredocs = /^(ADD|COPY|RUN)$/.test(keyword) ? heredocsOf(rest, escapeSign) : [];
  return { keyword, rest, flags, text: `${keyword} ${after}`.trim(), heredocs, line: place.line };
}

/** Index of the line that continues `at`: comments and empty lines between are passed over. */
function nextPart(lines: readonly string[], at: number): number {
  let next = at + 1;
  while (next < lines.length && /^\s*(#.*)?$/.test(lines[next] ?? '')) next += 1;
  return next;
}

const withoutComment = (line: string): string => (/^\s*#/.test(line) ? '' : line);

/** Directives stand before everything else. `syntax` and `check` mean nothing here. */
function escapeDirective(lines: readonly string[], file: string): string {
  let escapeSign = '\\';
  for (const [at, line] of lines.entries()) {
    const [, name, value] = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/.exec(line.trim()) ?? [];
    if (name === undefined) break;
    if (name.toLowerCase() !== 'escape') continue;
    if (value !== '\\' && value !== '`') {
      throw new DockerfileError({ file, line: at + 1 }, `escape is ${JSON.stringify(value)}`, 'Expected \\ or `.');
    }
    escapeSign = value;
  }
  return escapeSign;
}

/** Cuts `--name=value` off the front; quotes and escapes in a value are undone. */
function cutFlags(text: string, escapeSign: string): { flags: Flag[]; rest: string } {
  const flags: Flag[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    if (!text.startsWith('--', at)) break;
    let word = '';
    let quote = '';
    for (; at < text.length; at++) {
      const char = text[at] as string;
      if (quote === '' && /\s/.test(char)) break;
      if (quote === char) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === escapeSign && quote !== "'" && at + 1 < text.length) word += text[++at];
      else word += char;
    }
    if (word === '--') break;
    const equals = word.indexOf('=');
    flags.push({
      name: (equals < 0 ? word.slice(2) : word.slice(2, equals)).toLowerCase(),
      value: equals < 0 ? '' : word.slice(equals + 1),
    });
  }
  return { flags, rest: text.slice(at).trim() };
}
