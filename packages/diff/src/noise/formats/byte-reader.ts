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

/** A position in some bytes. Every read past the end throws a FormatError. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Buffer {
    if (length < 0 || length > this.remaining) {
      throw new FormatError(`${length} bytes expected at ${this.#at}, ${this.remaining} are left`);
    }
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  u8(): number {
    return this.take(1).readUInt8();
  }

  u16le(): number {
    return this.take(2).readUInt16LE();
  }

  u16be(): number {
    return this.take(2).readUInt16BE();
  }

  i32le(): number {
    return this.take(4).readInt32LE();
  }

  u32le(): number {
    return this.take(4).readUInt32LE();
  }

  u32be(): number {
    return this.take(4).readUInt32BE();
  }
}
