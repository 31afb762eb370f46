import { OciError } from '../errors.js';
import { hasValidChecksum, parseNumber, parseText } from './tar-fields.js';

/** The fields of one header block, before PAX and GNU records are folded in. */
export interface RawHeader {
  readonly path: string;
  readonly linkPath: string;
  /** The typeflag's character code. */
  readonly typeflag: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly devMajor: number;
  readonly devMinor: number;
}

const GNU_MAGIC = 'ustar  \0';
const STAR_TRAILER = 'tar\0';

/**
 * Parses one header block: v7, ustar, star, GNU. Which one it is, and so whether the last 155 bytes prefix the name, is told as
 * Go's archive/tar tells it, since that is what container engines read layers with. Throws `invalid`.
 */
export function parseHeader(block: Buffer, at: number): RawHeader {
  if (!hasValidChecksum(block)) {
    const message = at === 0 ? 'not a tar archive: no valid header at its start' : `tar: no valid header at byte ${at}`;
    throw new OciError('invalid', message, { facts: { offset: at } });
  }
  const magic = block.toString('latin1', 257, 265);
  const isUstar = magic.startsWith('ustar\0');
  const isKnown = isUstar || magic === GNU_MAGIC;
  const prefix = isKnown && block[345] !== 0 ? parsePrefix(block, isUstar) : '';
  const name = parseText(block, 0, 100);
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    linkPath: parseText(block, 157, 100),
    typeflag: block[156] as number,
    mode: parseNumber(block, 100, 8, 'mode'),
    uid: parseNumber(block, 108, 8, 'uid'),
    gid: parseNumber(block, 116, 8, 'gid'),
    size: parseNumber(block, 124, 12, 'size'),
    mtime: parseNumber(block, 136, 12, 'mtime'),
    devMajor: isKnown ? parseNumber(block, 329, 8, 'device number') : 0,
    devMinor: isKnown ? parseNumber(block, 337, 8, 'device number') : 0,
  };
}

function parsePrefix(block: Buffer, isUstar: boolean): string {
  if (isUstar) return parseText(block, 345, block.toString('latin1', 508, 512) === STAR_TRAILER ? 131 : 155);
  // GNU has times here; Go before 1.8 wrote a prefix all the same (golang/go#12594), so what is no time is one.
  try {
    parseNumber(block, 345, 12, 'atime');
    parseNumber(block, 357, 12, 'ctime');
    return '';
  } catch {
    const text = parseText(block, 345, 155);
    return Buffer.byteLength(text) === text.length && !text.includes('\0') ? text : '';
  }
}
