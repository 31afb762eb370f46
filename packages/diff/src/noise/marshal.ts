import { ByteReader, FormatError } from '../formats/byte-reader.js';
import type { FieldHash } from './normal-form.js';

/** How a code object is laid out: what came and went between Python's versions (Python/marshal.c, `w_object`). */
export interface CodeLayout {
  /** 32-bit numbers before the bytecode. */
  readonly leadingNumbers: number;
  /** Objects from the bytecode to the number of the first line. */
  readonly objectsBeforeLine: number;
  /** Objects after it: the line table, and from 3.11 on the exception table. */
  readonly objectsAfterLine: number;
}

/** `atom`: a value that holds no other; its key alone says what it is. */
interface Value {
  readonly key: string;
  readonly isAtom: boolean;
}

const FLAG_REF = 0x80;
const MAX_DEPTH = 200;
const MAX_OBJECTS = 500_000;
const SINGLETONS: Readonly<Record<string, true>> = { N: true, T: true, F: true, '.': true, S: true };

/**
 * Feeds `hash` with what a marshalled object (format 4) is, whatever its references. Marshal writes an object that it has seen
 * as a reference to it if the object was shared in the memory of the writer, which depends on what else ran there; here equal
 * objects are one object. Throws a FormatError for what is not understood, recursive objects, and data after the object.
 */
export function hashMarshal(bytes: Uint8Array, layout: CodeLayout, hash: FieldHash): void {
  const reading = new Reading(new ByteReader(bytes), layout, hash);
  const root = reading.read(0);
  hash.add('root', root.key);
  if (reading.remaining > 0) throw new FormatError('marshal: data after the object');
}

class Reading {
  readonly #reader: ByteReader;
  readonly #layout: CodeLayout;
  readonly #hash: FieldHash;
  /** Numbered in the order of their end, which is the same for equal objects. */
  readonly #known = new Map<string, number>();
  readonly #references: (Value | undefined)[] = [];
  #objects = 0;

  constructor(reader: ByteReader, layout: CodeLayout, hash: FieldHash) {
    this.#reader = reader;
    this.#layout = layout;
    this.#hash = hash;
  }

  get remaining(): number {
    return this.#reader.remaining;
  }

  read(depth: number): Value {
    if (depth > MAX_DEPTH || ++this.#objects > MAX_OBJECTS) throw new FormatError('marshal: too deep or too large');
    const code = this.#reader.u8();
    const type = String.fromCharCode(code & ~FLAG_REF);
    if (type === 'r') return this.#reference();
    if (SINGLETONS[type]) return atom(type);
    const slot = (code & FLAG_REF) === 0 ? -1 : this.#references.push(undefined) - 1;
    const value = this.#simple(type) ?? this.#container(type, depth);
    if (slot >= 0) this.#references[slot] = value;
    return value;
  }

  #reference(): Value {
    const value = this.#references[this.#reader.u32le()];
    if (value === undefined) throw new FormatError('marshal: a reference to nothing, or to what it lies in');
    return value;
  }

  #simple(type: string): Value | undefined {
    const reader = this.#reader;
    switch (type) {
      case 'i':
        return atom(`i${reader.i32le()}`);
      case 'l': {
        const size = reader.i32le();
        return atom(`l${size}:${reader.take(Math.abs(size) * 2).toString('hex')}`);
      }
      case 'g':
        return atom(`g${reader.take(8).toString('hex')}`);
      case 'y':
        return atom(`y${reader.take(16).toString('hex')}`);
      case 's':
        return atom(`s${reader.text(reader.u32le())}`);
      // Interned or not, short or long, ASCII or not: one and the same text.
      case 'z':
      case 'Z':
        return atom(`u${ascii(reader.text(reader.u8()))}`);
      case 'a':
      case 'A':
        return atom(`u${ascii(reader.text(reader.u32le()))}`);
      case 'u':
      case 't':
        return atom(`u${reader.text(reader.u32le())}`);
      default:
        return undefined;
    }
  }

  #container(type: string, depth: number): Value {
    switch (type) {
      case ')':
        return this.#tuple(this.#reader.u8(), depth);
      case '(':
        return this.#tuple(this.#reader.u32le(), depth);
      case '<':
      case '>':
        return this.#set(type, this.#reader.u32le(), depth);
      case ':':
        return { key: `:(${this.#children(3, depth)})`, isAtom: false };
      case 'c':
        return this.#codeObject(depth);
      default:
        throw new FormatError(`marshal: an object of type ${JSON.stringify(type)}`);
    }
  }

  #tuple(length: number, depth: number): Value {
    return { key: `(${this.#children(length, depth)})`, isAtom: false };
  }

  /** A set has no order, and its members were written in one that changes from run to run (bpo-37596). */
  #set(type: string, length: number, depth: number): Value {
    const members: Value[] = [];
    for (let index = 0; index < length; index++) members.push(this.read(depth + 1));
    if (members.length > 1 && members.some((member) => !member.isAtom)) {
      throw new FormatError('marshal: a set of what has no order of its own');
    }
    const keys = members.map((member) => (member.isAtom ? member.key : String(this.#numberOf(member)))).sort();
    return { key: `${type}${JSON.stringify(keys)}`, isAtom: false };
  }

  #codeObject(depth: number): Value {
    const { leadingNumbers, objectsBeforeLine, objectsAfterLine } = this.#layout;
    const numbers = this.#reader.take(leadingNumbers * 4).toString('hex');
    const before = this.#children(objectsBeforeLine, depth);
    const line = this.#reader.i32le();
    return { key: `c${numbers};${before};${line};${this.#children(objectsAfterLine, depth)}`, isAtom: false };
  }

  #children(count: number, depth: number): string {
    const numbers: number[] = [];
    for (let index = 0; index < count; index++) numbers.push(this.#numberOf(this.read(depth + 1)));
    return numbers.join(',');
  }

  #numberOf(value: Value): number {
    const known = this.#known.get(value.key);
    if (known !== undefined) return known;
    const number = this.#known.size;
    this.#known.set(value.key, number);
    this.#hash.add(value.key);
    return number;
  }
}

function atom(key: string): Value {
  return { key, isAtom: true };
}

/** Python would read other bytes here as Latin-1, and as UTF-8 where the type says that the text is not ASCII. */
function ascii(text: string): string {
  if (/[^\0-\x7f]/.test(text)) throw new FormatError('marshal: ASCII text that is none');
  return text;
}
