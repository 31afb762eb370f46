import { ByteReader, FormatError } from './byte-reader.js';

/** Numbers of tags that are read (rpm 4.18, include/rpm/rpmtag.h). */
export const RPM_TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  installTime: 1008,
  size: 1009,
  architecture: 1022,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  installTransaction: 1128,
  longSize: 5009,
} as const;

/** One tag of an rpm header (rpm 4.18, docs/manual/format.md), its data as stored. */
export interface RpmTag {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly data: Buffer;
}

const MAX_TAGS = 0xffff;
/** Bytes of one value, of the types that have a fixed size: null, char, int8, int16, int32, int64, and binary. */
const SIZES: Readonly<Record<number, number>> = { 0: 0, 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1 };
const TEXTS = new Set([6, 8, 9]);

/** The tags of a header as a database holds it, in its order. Throws a FormatError for one that does not add up. */
export function readRpmTags(blob: Uint8Array): RpmTag[] {
  const reader = new ByteReader(blob);
  const [count, dataBytes] = [reader.u32be(), reader.u32be()];
  if (count === 0 || count > MAX_TAGS || reader.remaining !== count * 16 + dataBytes)
    throw new FormatError('rpm: bad header');
  const index = Array.from(
    { length: count },
    () => [reader.u32be(), reader.u32be(), reader.u32be(), reader.u32be()] as const,
  );
  const data = reader.take(dataBytes);
  // Values do not overlap but for the region's, so all of them together are hardly larger than the data.
  let bytesLeft = dataBytes * 2;
  return index.map(([tag, type, offset, values]) => {
    const bytes = dataOf(data, type, offset, values);
    bytesLeft -= bytes.length;
    if (bytesLeft < 0) throw new FormatError('rpm: values that overlap');
    return { tag, type, count: values, data: bytes };
  });
}

function dataOf(data: Buffer, type: number, offset: number, count: number): Buffer {
  const size = SIZES[type];
  let end = offset;
  if (size !== undefined) {
    end += size * count;
  } else if (TEXTS.has(type)) {
    for (let text = 0; text < count; text++) {
      end = data.indexOf(0, end) + 1;
      if (end === 0) throw new FormatError('rpm: a text without an end');
    }
  } else {
    throw new FormatError(`rpm: values of type ${type}`);
  }
  if (end > data.length) throw new FormatError('rpm: values outside of the header');
  return data.subarray(offset, end);
}

/** The first text of a tag; empty if it is not there. */
export function textOfTag(tags: readonly RpmTag[], tag: number): string {
  const data = tags.find((one) => one.tag === tag)?.data;
  return data === undefined ? '' : data.toString('latin1', 0, Math.max(0, data.indexOf(0)));
}
