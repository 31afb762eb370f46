import { ByteReader, FormatError } from './byte-reader.js';

/** One value of DER (ITU-T X.690), its content not taken apart. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

const MAX_VALUES = 100_000;
const CONTEXT_0 = 0xa0;
export const SEQUENCE = 0x30;
export const SET = 0x31;
export const OCTETS = 0x04;

/** The values that lie one after another in these bytes; throws a FormatError for indefinite lengths and bytes left over. */
export function readDer(bytes: Uint8Array): DerValue[] {
  const reader = new ByteReader(bytes);
  const values: DerValue[] = [];
  while (reader.remaining > 0) {
    if (values.length === MAX_VALUES) throw new FormatError('der: too many values');
    const start = reader.position;
    const tag = reader.u8();
    const first = reader.u8();
    let length = first;
    if (first >= 0x80) {
      if (first === 0x80 || first > 0x84) throw new FormatError('der: a length of an unknown form');
      length = 0;
      for (let index = 0; index < first - 0x80; index++) length = length * 256 + reader.u8();
    }
    const content = reader.take(length);
    values.push({ tag, content, whole: Buffer.from(bytes.buffer, bytes.byteOffset + start, reader.position - start) });
  }
  return values;
}

/** The values inside of `value`, which must have tag `tag` (a SEQUENCE unless said). */
export function inside(value: DerValue | undefined, tag = SEQUENCE): DerValue[] {
  if (value?.tag !== tag) throw new FormatError(`der: tag ${tag} expected`);
  return readDer(value.content);
}

/** The one value inside of an explicit [0]. */
export function explicit0(value: DerValue | undefined): DerValue {
  const [only, ...more] = inside(value, CONTEXT_0);
  if (only === undefined || more.length > 0) throw new FormatError('der: one value expected in [0]');
  return only;
}

/** The content of an OCTET STRING. */
export function octets(value: DerValue | undefined): Buffer {
  if (value?.tag !== OCTETS) throw new FormatError('der: octets expected');
  return value.content;
}

/** A small INTEGER, not negative. */
export function integer(value: DerValue | undefined): number {
  if (value?.tag !== 0x02 || value.content.length === 0 || value.content.length > 4)
    throw new FormatError('der: small integer expected');
  return value.content.readUIntBE(0, value.content.length);
}

/** An OBJECT IDENTIFIER as hex of its content. */
export function oid(value: DerValue | undefined): string {
  if (value?.tag !== 0x06) throw new FormatError('der: object identifier expected');
  return value.content.toString('hex');
}
