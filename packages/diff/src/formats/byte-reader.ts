/** Thrown by a reader at content that is not what it looked like; a rule that sees it leaves the file alone. */
export class FormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FormatError';
  }
}

/** What `read` makes of some content, or `undefined` where it throws a FormatError. */
export function tryFormat<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The same bytes as a Buffer, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A position in some bytes. Every read past the end throws a FormatError. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bufferOf(bytes);
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Buffer {
    const from = this.#pass(length);
    return this.#bytes.subarray(from, from + length);
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#pass(1));
  }

  u16le(): number {
    return this.#bytes.readUInt16LE(this.#pass(2));
  }

  u16be(): number {
    return this.#bytes.readUInt16BE(this.#pass(2));
  }

  i32le(): number {
    return this.#bytes.readInt32LE(this.#pass(4));
  }

  u32le(): number {
    return this.#bytes.readUInt32LE(this.#pass(4));
  }

  u32be(): number {
    return this.#bytes.readUInt32BE(this.#pass(4));
  }

  /** The next `length` bytes as latin1 text. */
  text(length: number): string {
    const from = this.#pass(length);
    return this.#bytes.toString('latin1', from, from + length);
  }

  /** Where the next `length` bytes begin, which are then behind. */
  #pass(length: number): number {
    const from = this.#at;
    if (length < 0 || length > this.#bytes.length - from) {
      throw new FormatError(`${length} bytes expected at ${from}, ${this.remaining} are left`);
    }
    this.#at = from + length;
    return from;
  }
}
