import type { Digest } from '@image-versions/oci';

export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'char-device' | 'block-device' | 'fifo';

/** A named piece of a file, for evidence: a class in a jar, a package in a database, a line of a shadow file. */
export interface Part {
  readonly name: string;
  /** A version or short text where that says something to a person, else a digest. Equal values mean equal pieces. */
  readonly value: string;
}

/** What a content rule makes of a file: equal digests mean that only noise differs. */
export interface NormalForm {
  /** Name of the content rule. */
  readonly rule: string;
  /** Over everything in the file but the noise. */
  readonly digest: Digest;
  /** At most `MAX_PARTS`, sorted by name; absent where there are more or none. Never the ground of a verdict. */
  readonly parts?: readonly Part[];
}

/** One installed package, as its package manager's own files say. */
export interface PackageFact {
  readonly type: 'dpkg' | 'apk' | 'rpm' | 'pip' | 'npm' | 'gem' | 'jar' | 'go' | 'portage';
  readonly name: string;
  readonly version: string;
  /** Installed size in bytes, where the package manager knows it. */
  readonly sizeBytes?: number;
  readonly architecture?: string;
  /** True of the module that a Go program is of itself; the others are its dependencies. */
  readonly isMain?: boolean;
  /** Files that belong to it, without a leading slash, where that is known from this file alone. */
  readonly files?: readonly string[];
}

/** One path of one layer. */
export interface LayerEntry {
  /** Without leading `/` or `./` and without a trailing `/`; the root directory is the empty string. */
  readonly path: string;
  readonly type: EntryType;
  /** 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** In bytes; 0 for all but files. */
  readonly size: number;
  /** Of a file's content; absent for all else. */
  readonly digest?: Digest;
  /** Of a symlink as written; of a hard link as a path of the same form as `path`. */
  readonly linkTarget?: string;
  /** Of device nodes. */
  readonly device?: { readonly major: number; readonly minor: number };
  /** Values in hex, of more than 256 bytes as `sha256:<hex>`; absent where there are none. */
  readonly xattrs?: Readonly<Record<string, string>>;
  readonly normal?: NormalForm;
  /** Whether nobody has looked for its normal form yet, so that `normal` is absent though there may be one. */
  readonly isPlain?: boolean;
  readonly packages?: readonly PackageFact[];
}

/** One layer, read once. Immutable and cached by diffId. */
export interface LayerIndex {
  readonly diffId: Digest;
  /** Bytes of the uncompressed tar. */
  readonly sizeBytes: number;
  /** The last entry wins where the archive has a path twice; sorted by path. Whiteouts are not among them. */
  readonly entries: readonly LayerEntry[];
  /** Paths that this layer hides in the layers below (`.wh.<name>`). */
  readonly whiteouts: readonly string[];
  /** Directories whose content in the layers below is hidden (`.wh..wh..opq`). */
  readonly opaque: readonly string[];
}
