import { OciError } from '../errors.js';
import type { TarHeader } from './entry.js';
import { parsePax } from './pax.js';
import { checkSparseMap, readOldGnuSlots, SparseMapReader } from './sparse.js';
import { draftEntry, type EntryDraft, MAX_NAME_BYTES, type MetaRecords } from './tar-entry-draft.js';
import { BLOCK_BYTES, decodeName, isZeroBlock } from './tar-fields.js';
import { parseHeader, type RawHeader } from './tar-header.js';

export interface TarOptions {
  /** Error `limit` at more entries than this; default: no bound. */
  readonly maxEntries?: number;
}

/** What `TarScanner.next` found: an entry (in `header`), bytes of its content (in `data`), its end; or more bytes are needed. */
export type TarEvent = 'need' | 'entry' | 'data' | 'end';

/** A PAX header or GNU long name, which is held in memory. */
const MAX_META_BYTES = 2 * MAX_NAME_BYTES;
/** What the holes of sparse files may come to in one archive. */
const MAX_HOLE_BYTES = 8 * 1024 ** 3;
const META_FLAGS = 'xXgLK';
const NO_META: MetaRecords = { pax: undefined, longName: undefined, longLink: undefined };
const ZEROS = Buffer.alloc(64 * 1024);

/** The typeflag of a label of the archive, which is no entry. */
const VOLUME_LABEL = 'V';

/**
 * The tar format as a machine without input or output: give it chunks by `push`, take events by `next` until it needs more, and
 * tell it of the end by `end`. Content is given out as views of the chunks. Everything after the end mark is passed over.
 * Throws `invalid` for what is no tar or is cut off, `limit` beyond a bound, `unsupported` for parts of volumes.
 */
export class TarScanner {
  /** Of the last `data`; holes of sparse files are views of one shared buffer of zeros. */
  data: Buffer = ZEROS;

  #entriesLeft: number;
  #holesLeft = MAX_HOLE_BYTES;
  #state: 'header' | 'zero' | 'meta' | 'sparse-extension' | 'sparse-map' | 'content' | 'skip' | 'done' = 'header';
  #header: TarHeader | undefined;

  #chunk: Buffer = ZEROS.subarray(0, 0);
  #at = 0;
  /** Bytes of the archive before the chunk. */
  #before = 0;
  /** A block that came in pieces. */
  readonly #partial = Buffer.alloc(BLOCK_BYTES);
  #partialBytes = 0;

  #meta: MetaRecords = NO_META;
  #metaFlag = '';
  #metaBytes: Buffer = ZEROS;
  #metaFilled = 0;

  #draft: EntryDraft | undefined;
  #map: readonly number[] = [];
  #segment = 0;
  #position = 0;
  #holeLeft = 0;
  #dataLeft = 0;
  /** Bytes of the archive that still belong to this entry's content, and the padding after them. */
  #storedLeft = 0;
  #padding = 0;
  #skipLeft = 0;

  constructor({ maxEntries = Number.POSITIVE_INFINITY }: TarOptions = {}) {
    this.#entriesLeft = maxEntries;
  }

  /** Of the last `entry`. */
  get header(): TarHeader {
    if (this.#header === undefined) throw new TypeError('no entry yet');
    return this.#header;
  }

  /** The next bytes; only after `next` said `need`. */
  push(chunk: Uint8Array): void {
    this.#before += this.#chunk.length;
    this.#chunk = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#at = 0;
  }

  /** After `need`: how many bytes come before the next that matter. A reader that can seek passes over them with `skip`. */
  get skippable(): number {
    return this.#state === 'skip' ? this.#skipLeft : 0;
  }

  skip(bytes: number): void {
    this.#skipLeft -= bytes;
    this.#before += bytes;
  }

  /** Whether the end mark was seen: nothing more matters. */
  get isDone(): boolean {
    return this.#state === 'done';
  }

  /** Leaves the rest of the entry's content unread; no `end` comes for it. */
  skipContent(): void {
    if (this.#state !== 'content') return;
    this.#skipLeft = this.#storedLeft + this.#padding;
    this.#state = 'skip';
  }

  /** No more bytes. Throws `invalid` if the archive is cut off; a missing end mark is none, as for tar programs and engines. */
  end(): void {
    if (this.#state === 'done') return;
    const hasMeta = this.#meta !== NO_META;
    const atBoundary = this.#state === 'header' || this.#state === 'zero';
    if (atBoundary && this.#partialBytes === 0 && !hasMeta) return;
    if (this.#state === 'skip' && this.#skipLeft <= this.#padding && !hasMeta) return;
    const after = this.#header === undefined ? '' : ` after ${JSON.stringify(this.#header.path.slice(0, 200))} began`;
    throw new OciError(
      'invalid',
      `tar: the archive is cut off at byte ${this.#before + this.#at},${after || ' in a header'}`,
    );
  }

  next(): TarEvent {
    for (;;) {
      if (this.#state === 'content') return this.#nextContent();
      if (this.#state === 'done') return 'need';
      if (this.#state === 'skip') {
        this.#skipLeft -= this.#advance(this.#skipLeft);
        if (this.#skipLeft > 0) return 'need';
        this.#state = 'header';
      } else if (this.#state === 'meta') {
        const from = this.#at;
        const bytes = this.#advance(this.#metaBytes.length - this.#metaFilled);
        this.#chunk.copy(this.#metaBytes, this.#metaFilled, from, from + bytes);
        this.#metaFilled += bytes;
        if (this.#metaFilled < this.#metaBytes.length) return 'need';
        this.#takeMeta();
        this.#skipLeft = this.#padding;
        this.#state = 'skip';
      } else {
        const block = this.#takeBlock();
        if (block === undefined) return 'need';
        if (this.#readBlock(block)) return 'entry';
      }
    }
  }

  /** Passes over at most `bytes` of the chunk; how many it were. */
  #advance(bytes: number): number {
    const taken = Math.min(bytes, this.#chunk.length - this.#at);
    this.#at += taken;
    return taken;
  }

  #takeBlock(): Buffer | undefined {
    const from = this.#at;
    const taken = this.#advance(BLOCK_BYTES - this.#partialBytes);
    if (taken === BLOCK_BYTES) return this.#chunk.subarray(from, from + BLOCK_BYTES);
    this.#chunk.copy(this.#partial, this.#partialBytes, from, from + taken);
    this.#partialBytes += taken;
    if (this.#partialBytes < BLOCK_BYTES) return undefined;
    this.#partialBytes = 0;
    return this.#partial;
  }

  /** True if an entry's header is whole now. */
  #readBlock(block: Buffer): boolean {
    switch (this.#state) {
      case 'sparse-extension':
        readOldGnuSlots(block, 0, 21, this.#draft?.map ?? []);
        return block[504] === 0 && this.#announce();
      case 'sparse-map': {
        this.#storedLeft -= BLOCK_BYTES;
        const { more } = this.#draft ?? {};
        const isWhole = more instanceof SparseMapReader && more.push(block);
        if (!isWhole && this.#storedLeft < BLOCK_BYTES) throw new OciError('invalid', 'tar: a sparse map is cut off');
        return isWhole && this.#announce();
      }
      default:
        return this.#readHeaderBlock(block);
    }
  }

  #readHeaderBlock(block: Buffer): boolean {
    const at = this.#before + this.#at - BLOCK_BYTES;
    if (isZeroBlock(block)) {
      if (this.#meta !== NO_META)
        throw new OciError('invalid', `tar: the entry of a PAX or long-name header is missing`);
      this.#state = this.#state === 'zero' ? 'done' : 'zero';
      return false;
    }
    if (this.#state === 'zero') throw new OciError('invalid', `tar: one block of zeros, then more, at byte ${at}`);
    const raw = parseHeader(block, at);
    const flag = String.fromCharCode(raw.typeflag);
    if (META_FLAGS.includes(flag)) {
      this.#beginMeta(flag, raw);
      return false;
    }
    if (flag === VOLUME_LABEL) {
      this.#meta = NO_META;
      this.#padding = paddingOf(raw.size);
      this.#skipLeft = Math.max(raw.size, 0) + this.#padding;
      this.#state = 'skip';
      return false;
    }
    if (this.#entriesLeft <= 0) throw new OciError('limit', `tar: more entries than the bound allows, at byte ${at}`);
    this.#entriesLeft -= 1;
    const draft = draftEntry(raw, block, this.#meta);
    this.#meta = NO_META;
    this.#draft = draft;
    this.#storedLeft = draft.stored;
    this.#padding = paddingOf(draft.stored);
    if (draft.more === undefined) return this.#announce();
    this.#state = draft.more === 'extension' ? 'sparse-extension' : 'sparse-map';
    return false;
  }

  #beginMeta(flag: string, { size }: RawHeader): void {
    if (size < 0) throw new OciError('invalid', `tar: a header of negative size ${size}`);
    if (size > MAX_META_BYTES) {
      throw new OciError(
        'limit',
        `tar: a PAX or long-name header of ${size} bytes; at most ${MAX_META_BYTES} are read`,
      );
    }
    this.#metaFlag = flag;
    this.#metaBytes = Buffer.allocUnsafe(size);
    this.#metaFilled = 0;
    this.#padding = paddingOf(size);
    this.#state = 'meta';
  }

  #takeMeta(): void {
    const bytes = this.#metaBytes;
    this.#metaBytes = ZEROS;
    const text = (): string => {
      const nul = bytes.indexOf(0);
      return decodeName(bytes, 0, nul === -1 ? bytes.length : nul);
    };
    if (this.#metaFlag === 'L') this.#meta = { ...this.#meta, longName: text() };
    else if (this.#metaFlag === 'K') this.#meta = { ...this.#meta, longLink: text() };
    else {
      const pax = parsePax(bytes);
      // A global header holds for nothing, as in Go's archive/tar, with which engines unpack layers; but it is checked as there.
      if (this.#metaFlag !== 'g') this.#meta = { ...this.#meta, pax };
    }
  }

  #announce(): true {
    const draft = this.#draft as EntryDraft;
    const { header, map } = draft;
    if (map !== undefined) {
      checkSparseMap(map, header.size, this.#storedLeft, header.path);
      this.#holesLeft -= header.size - this.#storedLeft;
      if (this.#holesLeft < 0)
        throw new OciError('limit', `tar: ${JSON.stringify(header.path)}: holes beyond the bound`);
    }
    this.#header = { ...header, offset: map === undefined ? this.#before + this.#at : undefined };
    this.#map = map ?? [];
    this.#segment = 0;
    this.#position = map === undefined ? header.size : 0;
    this.#holeLeft = 0;
    this.#dataLeft = map === undefined ? header.size : 0;
    this.#state = 'content';
    return true;
  }

  #nextContent(): TarEvent {
    for (;;) {
      if (this.#holeLeft > 0) {
        this.data = this.#holeLeft < ZEROS.length ? ZEROS.subarray(0, this.#holeLeft) : ZEROS;
        this.#holeLeft -= this.data.length;
        return 'data';
      }
      if (this.#dataLeft > 0) {
        const from = this.#at;
        const bytes = this.#advance(this.#dataLeft);
        if (bytes === 0) return 'need';
        this.#dataLeft -= bytes;
        this.#storedLeft -= bytes;
        this.data = this.#chunk.subarray(from, from + bytes);
        return 'data';
      }
      if (this.#position === this.header.size) {
        this.skipContent();
        return 'end';
      }
      this.#nextSegment();
    }
  }

  #nextSegment(): void {
    const { size } = this.header;
    const offset = this.#map[this.#segment] ?? size;
    this.#holeLeft = offset - this.#position;
    this.#dataLeft = this.#map[this.#segment + 1] ?? 0;
    this.#position = offset + this.#dataLeft;
    this.#segment += 2;
  }
}

const paddingOf = (size: number): number => (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
