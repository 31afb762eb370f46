import { OciError } from '../errors.js';
import { parseNumber } from './tar-fields.js';

/** Where a sparse file's stored bytes belong: offset and length, in turn, in rising order. What is between them is zeros. */
export type SparseMap = readonly number[];

/** Segments of one file; each costs memory before the file is seen, and no real file has more. */
export const MAX_SPARSE_SEGMENTS = 1_000_000;

/** Throws `invalid` unless the segments are in order, within `size`, and as long together as the `stored` bytes. */
export function checkSparseMap(map: SparseMap, size: number, stored: number, path: string): void {
  let end = 0;
  let total = 0;
  for (let i = 0; i < map.length; i += 2) {
    const [offset, length] = [map[i] as number, map[i + 1] as number];
    if (offset < end || length < 0 || offset + length > size) {
      throw invalid(path, `segment ${offset}+${length} is not in order or beyond its size of ${size}`);
    }
    end = offset + length;
    total += length;
  }
  if (map.length % 2 !== 0) throw invalid(path, 'an offset has no length');
  if (total !== stored) throw invalid(path, `its map has ${total} bytes, the archive ${stored}`);
}

/** Reads up to `slots` pairs of an old GNU header or extension block (GNU tar manual, "Basic Tar Format", `struct sparse`). */
export function readOldGnuSlots(block: Buffer, start: number, slots: number, into: number[]): void {
  for (let at = start; at < start + slots * 24 && block[at] !== 0; at += 24) {
    into.push(parseNumber(block, at, 12, 'sparse offset'), parseNumber(block, at + 12, 12, 'sparse length'));
  }
  if (into.length > 2 * MAX_SPARSE_SEGMENTS) throw tooMany();
}

/** The map of formats 0.0 and 0.1, out of a PAX header (`GNU.sparse.map` is a list of decimals with commas). */
export function parsePaxMap(text: string): number[] {
  if (text === '') return [];
  return text.split(',').map((part) => decimal(part));
}

/** Reads the map that format 1.0 puts before the content: decimals, a line each, the first one the number of segments. */
export class SparseMapReader {
  readonly map: number[] = [];
  #expected = -1;
  #digits = '';

  /** Takes one block of content; true when the map is whole, and the content begins with the next block. */
  push(block: Buffer): boolean {
    for (const byte of block) {
      if (this.#expected === this.map.length) break;
      if (byte !== 0x0a) {
        this.#digits += String.fromCharCode(byte);
        if (this.#digits.length > 20) throw new OciError('invalid', 'tar: sparse map: expected decimal lines');
        continue;
      }
      const value = decimal(this.#digits);
      this.#digits = '';
      if (this.#expected !== -1) this.map.push(value);
      else if (value > MAX_SPARSE_SEGMENTS) throw tooMany();
      else this.#expected = 2 * value;
    }
    return this.#expected === this.map.length;
  }
}

function decimal(text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new OciError('invalid', `tar: sparse map: expected a number, got ${JSON.stringify(text.slice(0, 40))}`);
}

const tooMany = (): OciError =>
  new OciError('limit', `tar: sparse file with more than ${MAX_SPARSE_SEGMENTS} segments`);

const invalid = (path: string, why: string): OciError =>
  new OciError('invalid', `tar: sparse file ${JSON.stringify(path.slice(0, 200))}: ${why}`);
