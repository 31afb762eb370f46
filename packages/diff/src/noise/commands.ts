import type { HistoryEntry } from '@image-versions/oci';
import { baseOf } from '../layer/path.js';
import { commandOf } from '../tree/origins.js';

/** One program of a pipeline. */
export interface Stage {
  /** Its name without a folder; empty where nothing is run but words of the shell. */
  readonly program: string;
  /** With all its words, as they are written. */
  readonly text: string;
}

/** Longest command that is taken apart. */
const MAX_LENGTH = 100_000;

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** They put files where their words say. */
const MOVERS = words('cp mv ln install tar bsdtar unzip rsync dd curl wget');
/** What they write is made of what they read, and of that alone. */
const FILTERS = words(
  'cat zcat bzcat xzcat zstdcat gunzip gzip bunzip2 bzip2 unxz xz zstd base64 sed tr head tail sort uniq cut tee jq envsubst iconv xxd',
);
const SPEAKERS = words('echo printf');
/** They write nothing into a file. */
const SILENT = words(
  'mkdir rmdir rm chmod chown chgrp touch cd set true : test [ [[ export unset umask sleep sha1sum sha256sum sha512sum md5sum for fi done esac } )',
);
/** Before a program on its line: words of the shell, what runs it, variables. */
const BEFORE_PROGRAM =
  /^(?:[({!]\s*|(?:then|do|else|elif|if|while|until|sudo|command|exec|busybox|env)\s+|\w+=[^\s"']*\s+)+/;
const INNER_SHELL = /^\S*sh\s+(?:-\S+\s+)*-\w*c\s+(["'])(.*)\1$/s;
/** What is another thing in each build. */
const DRAWN = /\/dev\/u?random|\/proc\/|\/sys\/|\bRANDOM\b/;

interface Command {
  readonly pipelines: readonly (readonly Stage[])[];
  readonly onlyPuts: boolean;
}

/** An image may have a hundred thousand files of one command. */
const known = new WeakMap<HistoryEntry, Command>();

/** The pipelines of a line of history, as far as a shell's are told apart without being one; none where it is too long. */
export function pipelinesOf(line: HistoryEntry): readonly (readonly Stage[])[] {
  return read(line).pipelines;
}

/**
 * Whether a RUN does nothing but copy, fetch, unpack and write words of its own: then no tool left anything behind, and whatever it
 * made is there because somebody put it there, as a COPY would.
 */
export function onlyPuts(line: HistoryEntry): boolean {
  return read(line).onlyPuts;
}

function read(line: HistoryEntry): Command {
  let command = known.get(line);
  if (command === undefined) {
    const text = commandOf(line.createdBy ?? '');
    const found = text.length > MAX_LENGTH ? [] : pipelines(text, true);
    const stages = found.flat();
    const isAnyPut = stages.some((stage) => isMover(stage) || isOfData(stage));
    command = { pipelines: found, onlyPuts: isAnyPut && stages.every(isChosen) };
    known.set(line, command);
  }
  return command;
}

function pipelines(command: string, mayNest: boolean): Stage[][] {
  return split(command).flatMap((texts) => {
    const stages = texts.map((text) => text.trim()).map((text) => ({ program: programOf(text), text }));
    const inner = stages.length === 1 && mayNest ? INNER_SHELL.exec(stages[0]?.text ?? '')?.[2] : undefined;
    return inner === undefined ? [stages] : pipelines(inner, false);
  });
}

/** Pipelines end at `;`, `&`, `||` and line breaks, their stages at `|`; none of these in quotes or in a redirection. */
function split(command: string): string[][] {
  const found: string[][] = [];
  let stages: string[] = [];
  let [start, quote] = [0, ''];
  const cut = (end: number, width: number, isPipe: boolean) => {
    stages.push(command.slice(start, end));
    start = end + width;
    if (isPipe) return;
    if (stages.some((stage) => stage.trim() !== '')) found.push(stages);
    stages = [];
  };
  for (let at = 0; at < command.length; at++) {
    const [before, char, next] = [command[at - 1], command[at] as string, command[at + 1]];
    if (char === '\\' && quote !== "'") at += 1;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === ';' || char === '\n') cut(at, 1, false);
    else if (char === '|' && before !== '>') {
      cut(at, next === '|' || next === '&' ? 2 : 1, next !== '|');
      at = start - 1;
    } else if (char === '&' && before !== '>' && before !== '<' && next !== '>') {
      cut(at, next === '&' ? 2 : 1, false);
      at = start - 1;
    }
  }
  cut(command.length, 0, false);
  return found;
}

function programOf(text: string): string {
  const bare = text.replace(BEFORE_PROGRAM, '');
  const [first = ''] = /^[^\s;<>]*/.exec(bare) ?? [];
  return /^\w+=/.test(first) ? '' : baseOf(first);
}

export function isMover({ program }: Stage): boolean {
  return MOVERS.has(program);
}

/** Whether all that this writes is chosen: its own words, or what is read or fetched. Not what tells of the build, or is drawn. */
export function isOfData({ program, text }: Stage): boolean {
  if (DRAWN.test(text)) return false;
  if (SPEAKERS.has(program)) return !/[$`]/.test(text);
  if (program === 'curl') return !/\s(?:-\w*[oO]|--output|--remote-name)/.test(text);
  if (program === 'wget') return /\s-\w*O\s*-(?:\s|$)|--output-document=-/.test(text);
  return FILTERS.has(program) || MOVERS.has(program);
}

/** Words that lead what a program says nowhere, or to where it says other things. */
const LEADS_NOWHERE = /\d?&?>>?\s*(?:\/dev\/null|&\d)/g;

/** Whether all that this makes is chosen. */
function isChosen(stage: Stage): boolean {
  const { program, text } = stage;
  if (/`|\$\(/.test(text) || DRAWN.test(text)) return false;
  if (isOfData(stage) || program === '' || SILENT.has(program)) return true;
  return (isMover(stage) || SPEAKERS.has(program)) && !text.replace(LEADS_NOWHERE, '').includes('>');
}
