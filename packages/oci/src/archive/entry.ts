/** The kinds that a tar entry can be (POSIX.1-1988 typeflag, with GNU's and PAX's records already folded in). */
export type TarEntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'char-device' | 'block-device' | 'fifo';

export interface TarEntry {
  /** As in the archive, as bytes read as UTF-8 (invalid bytes as latin1 escapes), neither normalised nor checked. */
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
  /** Target of a symlink or hard link. */
  readonly linkPath: string;
  readonly devMajor: number;
  readonly devMinor: number;
  /** From PAX `SCHILY.xattr.*` and `LIBARCHIVE.xattr.*`, values as bytes. */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  /** The content. Must be read or left before the next entry is asked for; what is left is skipped. Sparse holes are zeros. */
  readonly content: AsyncIterable<Uint8Array>;
}
