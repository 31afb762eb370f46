/** The kinds that a tar entry can be (POSIX.1-1988 typeflag, with GNU's and PAX's records already folded in). */
export type TarEntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'char-device' | 'block-device' | 'fifo';

/** What a tar archive says of one entry, before its content. */
export interface TarHeader {
  /**
   * As in the archive, neither normalised nor checked. Bytes are read as UTF-8; a byte that is not UTF-8 becomes a NUL and two
   * hex digits (names can't have a NUL), so that two different names never become the same string.
   */
  readonly path: string;
  readonly type: TarEntryType;
  /** Permission, setuid, setgid and sticky bits: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Content size in bytes, after sparse expansion; 0 for all but files. */
  readonly size: number;
  /** Seconds since 1970, fractional and negative ones included. */
  readonly mtime: number;
  /** Target of a symlink or hard link, read as `path` is; empty for all else. */
  readonly linkPath: string;
  readonly devMajor: number;
  readonly devMinor: number;
  /** From PAX `SCHILY.xattr.*` and `LIBARCHIVE.xattr.*`, values as bytes. */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  /** Where the content begins, in bytes from the start of the archive; absent where it is sparse, so not stored in one piece. */
  readonly offset: number | undefined;
}

export interface TarEntry extends TarHeader {
  /** The content. Must be read or left before the next entry is asked for; what is left is skipped. Sparse holes are zeros. */
  readonly content: AsyncIterable<Uint8Array>;
}
