import { ByteReader, bufferOf, FormatError } from './byte-reader.js';

/** Of a map: each key and its value, in their order. Whole numbers are text, so that none loses digits. */
export type MessagePackValue =
  | { readonly type: 'whole' | 'text' | 'constant'; readonly value: string }
  | { readonly type: 'array' | 'map'; readonly values: readonly MessagePackValue[] };

const MAX_DEPTH = 16;
const MAX_VALUES = 500_000;

/** Reads one MessagePack value of texts, whole numbers, nil, booleans, arrays and maps; throws a FormatError for all else. */
export function readMessagePack(content: Uint8Array): MessagePackValue {
  const reading = new Reading(bufferOf(content));
  const value = reading.read(0);
  if (reading.remaining > 0) throw new FormatError('msgpack: data after the value');
  return value;
}

class Reading {
  readonly #reader: ByteReader;
  #values = 0;

  constructor(bytes: Buffer) {
    this.#reader = new ByteReader(bytes);
  }

  get remaining(): number {
    return this.#reader.remaining;
  }

  read(depth: number): MessagePackValue {
    if (depth > MAX_DEPTH || ++this.#values > MAX_VALUES) throw new FormatError('msgpack: too deep or too large');
    const code = this.#reader.u8();
    if (code <= 0x7f) return whole(code);
    if (code <= 0x8f) return this.#many('map', (code & 0x0f) * 2, depth);
    if (code <= 0x9f) return this.#many('array', code & 0x0f, depth);
    if (code <= 0xbf) return this.#text(code & 0x1f);
    if (code >= 0xe0) return whole(code - 0x100);
    switch (code) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return { type: 'constant', value: String(code) };
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return whole(this.#unsigned(1 << (code - 0xcc)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(Number(this.#unsigned(1 << (code - 0xd9))));
      case 0xdc:
      case 0xdd:
        return this.#many('array', Number(this.#unsigned(2 << (code - 0xdc))), depth);
      case 0xde:
      case 0xdf:
        return this.#many('map', Number(this.#unsigned(2 << (code - 0xde))) * 2, depth);
      default:
        throw new FormatError(`msgpack: a value of type ${code}`);
    }
  }

  #many(type: 'array' | 'map', count: number, depth: number): MessagePackValue {
    const values: MessagePackValue[] = [];
    for (let index = 0; index < count; index++) values.push(this.read(depth + 1));
    return { type, values };
  }

  #text(length: number): MessagePackValue {
    return { type: 'text', value: this.#reader.take(length).toString('latin1') };
  }

  #unsigned(size: number): bigint {
    return BigInt(`0x${this.#reader.take(size).toString('hex')}`);
  }
}

function whole(value: number | bigint): MessagePackValue {
  return { type: 'whole', value: String(value) };
}
