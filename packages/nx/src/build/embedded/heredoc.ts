import { splitWords } from './expand.js';

/** A file written in the Dockerfile itself. */
export interface Heredoc {
  /** As it stands among the arguments: `<<-EOF`. */
  readonly word: string;
  /** What ends it, and its name as a file. */
  readonly name: string;
  /** Whether variables in it are filled in: not where its name is quoted. */
  readonly expands: boolean;
  /** `<<-`: leading tabs go. */
  readonly cutsTabs: boolean;
  readonly content: string;
}

/** The heredocs that a line of arguments opens, in order and still empty. */
export function heredocsOf(text: string, escapeSign: string): Heredoc[] {
  return splitWords(text, escapeSign).flatMap((word): Heredoc[] => {
    const [, dash, quoted = ''] = /^\d*<<(-?)\s*([^<]+)$/.exec(word) ?? [];
    const name = quoted.replace(/["']/g, '');
    if (dash === undefined || name === '') return [];
    return [{ word, name, expands: name === quoted, cutsTabs: dash === '-', content: '' }];
  });
}

/** Gives the lines that follow an instruction to its heredocs. */
export class HeredocReader {
  readonly #open: readonly Heredoc[];
  readonly #done: Heredoc[] = [];
  #lines: string[] = [];

  constructor(open: readonly Heredoc[]) {
    this.#open = open;
  }

  get isDone(): boolean {
    return this.#done.length === this.#open.length;
  }

  get heredocs(): readonly Heredoc[] {
    return this.#done;
  }

  addLine(line: string): void {
    const heredoc = this.#open[this.#done.length];
    if (heredoc === undefined) return;
    const kept = heredoc.cutsTabs ? line.replace(/^\t+/, '') : line;
    if (kept !== heredoc.name) {
      this.#lines.push(`${kept}\n`);
      return;
    }
    this.#done.push({ ...heredoc, content: this.#lines.join('') });
    this.#lines = [];
  }
}
