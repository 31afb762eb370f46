import { expect } from 'vitest';
import type { TarEntry, TarHeader } from '../archive/entry.js';
import { readTar, scanTar } from '../archive/tar-reader.js';
import type { TarOptions } from '../archive/tar-scanner.js';
import { chunked } from './chunked.js';

/** What is to be in a header block, where it is not what an empty file has. */
interface Field {
  name?: string;
  mode?: string;
  uid?: Buffer | string;
  size?: Buffer | string | number;
  mtime?: Buffer | string;
  type?: string;
  link?: string;
  magic?: string;
  prefix?: string;
  /** Bytes at any place. */
  at?: Record<number, Buffer | string>;
  signedChecksum?: boolean;
}

/** Writes the checksum that the rest of a header block has. */
export function seal(block: Buffer, isSigned = false): void {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + (isSigned && byte > 127 ? byte - 256 : byte), 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

/** One header block, with content and padding. */
export function entry(field: Field, content: Buffer | string = ''): Buffer {
  const block = Buffer.alloc(512);
  const bytes = Buffer.from(content);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const put = (value: Buffer | string, at: number) => Buffer.from(value as string, 'latin1').copy(block, at);
  put(Buffer.from(field.name ?? 'f'), 0);
  put(field.mode ?? octal(0o644, 8), 100);
  put(field.uid ?? octal(0, 8), 108);
  put(octal(0, 8), 116);
  const { size = bytes.length } = field;
  put(typeof size === 'number' ? octal(size, 12) : size, 124);
  put(field.mtime ?? octal(0, 12), 136);
  put(field.type ?? '0', 156);
  put(field.link ?? '', 157);
  put(field.magic ?? 'ustar\x0000', 257);
  put(field.prefix ?? '', 345);
  for (const [at, value] of Object.entries(field.at ?? {})) put(value, Number(at));
  seal(block, field.signedChecksum);
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** The mark at an archive's end. */
export const END = Buffer.alloc(1024);
/** One record of a PAX header. */
export const record = (key: string, value: Buffer | string): Buffer => {
  const body = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = body.length + 1;
  while (String(length).length + body.length !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), body]);
};
/** A PAX header, for the next entry or (`g`) for all. */
export const pax = (records: Record<string, Buffer | string>, type = 'x') =>
  entry({ name: 'PaxHeaders/f', type }, Buffer.concat(Object.entries(records).map(([k, v]) => record(k, v))));

/** An entry with its content. */
export interface Seen extends Omit<TarEntry, 'content'> {
  content: Buffer;
}

/** The entries of an archive, by `readTar`. */
export async function read(bytes: Buffer, options?: TarOptions, chunkSize?: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const { content, ...header } of readTar(chunked(bytes, chunkSize), options)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    seen.push({ ...header, content: Buffer.concat(chunks) });
  }
  return seen;
}

/** The same by `scanTar`. */
export async function scan(bytes: Buffer, chunkSize?: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  await scanTar(chunked(bytes, chunkSize), {
    entry(header: TarHeader) {
      const chunks: Uint8Array[] = [];
      return {
        data: (chunk) => void chunks.push(Buffer.from(chunk)),
        end: () => void seen.push({ ...header, content: Buffer.concat(chunks) }),
      };
    },
  });
  return seen;
}

/** The one entry of an archive of these blocks and the end. */
export const one = async (...blocks: Buffer[]): Promise<Seen> => {
  const seen = await read(Buffer.concat([...blocks, END]));
  expect(seen).toHaveLength(1);
  return seen[0] as Seen;
};
/** What reading these blocks fails with. */
export const failure = (...blocks: Buffer[]) => expect(read(Buffer.concat(blocks))).rejects;
