import { InstructionError } from './dockerfile-error.js';

/** What a word is expanded with. */
export interface Expansion {
  readonly variables: ReadonlyMap<string, string>;
  /** `\` or `` ` ``. */
  readonly escapeSign: string;
  /** Quotes mean nothing and stay: the content of a heredoc. */
  readonly keepsQuotes?: boolean;
}

/** Fills in `$x`, `${x}` and its forms, and takes quotes and escapes off, as BuildKit does (frontend/dockerfile/shell/lex.go). */
export function expandWord(word: string, expansion: Expansion): string {
  return new Lexer(word, expansion).run().text;
}

/** As `expandWord`, and split where spaces stand outside of quotes, those of values included. */
export function expandWords(text: string, expansion: Expansion): string[] {
  return new Lexer(text, expansion).run().words;
}

/** Splits at spaces outside of quotes; nothing is filled in or taken off. */
export function splitWords(text: string, escapeSign: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += char;
    if (char === escapeSign && quote !== "'" && at + 1 < text.length) word += text[++at];
    else if (quote === char) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
  }
  return word === '' ? words : [...words, word];
}

class Lexer {
  readonly #chars: readonly string[];
  readonly #expansion: Expansion;
  #at = 0;
  readonly #words: string[] = [];
  #word = '';
  #inWord = false;

  constructor(text: string, expansion: Expansion) {
    this.#chars = [...text];
    this.#expansion = expansion;
  }

  run(): { text: string; words: string[] } {
    const text = this.#until(undefined);
    if (this.#inWord) this.#words.push(this.#word);
    return { text, words: this.#words };
  }

  #next(): string | undefined {
    const char = this.#chars[this.#at];
    this.#at += 1;
    return char;
  }

  /** Text up to `stop`, which is taken too. */
  #until(stop: string | undefined): string {
    const { escapeSign, keepsQuotes = false } = this.#expansion;
    let result = '';
    for (;;) {
      const char = this.#next();
      if (char === undefined) break;
      if (char === stop) return result;
      const isTop = stop === undefined;
      if (char === '$') {
        const value = this.#variable();
        if (isTop) for (const one of value) this.#addChar(one);
        result += value;
      } else if (!keepsQuotes && (char === "'" || char === '"')) {
        const value = char === "'" ? this.#singleQuoted() : this.#doubleQuoted();
        if (isTop) this.#addRaw(value);
        result += value;
      } else if (char === escapeSign) {
        const escaped = this.#next() ?? '';
        if (isTop && escaped !== '') this.#addRaw(escaped);
        result += escaped;
      } else {
        if (isTop) this.#addChar(char);
        result += char;
      }
    }
    if (stop !== undefined) throw new InstructionError(`a ${stop} is missing`);
    return result;
  }

  #singleQuoted(): string {
    const end = this.#chars.indexOf("'", this.#at);
    if (end < 0) throw new InstructionError("a closing ' is missing");
    const value = this.#chars.slice(this.#at, end).join('');
    this.#at = end + 1;
    return value;
  }

  #doubleQuoted(): string {
    const { escapeSign } = this.#expansion;
    let result = '';
    for (;;) {
      const char = this.#next();
      if (char === undefined) throw new InstructionError('a closing " is missing');
      if (char === '"') return result;
      if (char === '$') result += this.#variable();
      else if (char !== escapeSign) result += char;
      else {
        const following = this.#chars[this.#at];
        const isEscaped = following === '"' || following === '$' || following === escapeSign;
        result += isEscaped ? this.#next() : following === undefined ? '' : char;
      }
    }
  }

  #variable(): string {
    const { variables } = this.#expansion;
    if (this.#chars[this.#at] !== '{') {
      const name = this.#name();
      return name === '' ? '$' : (variables.get(name) ?? '');
    }
    this.#at += 1;
    const name = this.#name();
    let modifier = this.#next();
    if (modifier === undefined) throw new InstructionError('a } is missing');
    if (name === '') throw new InstructionError('${ is followed by no name');
    const value = variables.get(name);
    if (modifier === '}') return value ?? '';
    const emptyIsUnset = modifier === ':';
    if (emptyIsUnset) modifier = this.#next() ?? '';
    const isSet = value !== undefined && !(emptyIsUnset && value === '');
    if (modifier === '-' || modifier === '+' || modifier === '?') {
      const word = this.#until('}');
      if (modifier === '+') return isSet ? word : '';
      if (isSet) return value;
      if (modifier === '-') return word;
      throw new InstructionError(`${name}: ${word || 'is not set'}`);
    }
    const shown = `\${${name}${emptyIsUnset ? ':' : ''}${modifier}…}`;
    throw new InstructionError(`${shown} can't be filled in: of the forms with a modifier, - + and ? can`);
  }

  /** A name, a whole number, or one of the shell's own signs. */
  #name(): string {
    const rest = this.#chars.slice(this.#at, this.#at + 512).join('');
    const name = /^(?:\d+|[@*#?\-$!]|[\p{L}_][\p{L}\p{Nd}_]*)/u.exec(rest)?.[0] ?? '';
    this.#at += [...name].length;
    return name;
  }

  #addChar(char: string): void {
    if (!/\s/.test(char)) this.#addRaw(char);
    else if (this.#inWord) {
      if (this.#word !== '') this.#words.push(this.#word);
      this.#word = '';
      this.#inWord = false;
    }
  }

  #addRaw(text: string): void {
    this.#word += text;
    this.#inWord = true;
  }
}
