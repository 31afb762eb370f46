import { hash } from 'node:crypto';
import type { Digest } from '@image-versions/oci';
import type { Counterparts, Side } from './counterparts.js';
import type { LayerEntry, NormalForm, PackageFact } from './entry.js';
import { EntryPool } from './entry-pool.js';
import { flatDigest } from './flat-digest.js';
import type { ContentNormalizer, FileHead, Inspectors, PackageReader } from './inspect.js';

/** Largest content given to an inspector, in bytes; a larger file has no normal form and is compared by its bytes. */
export const MAX_INSPECTED_BYTES = 128 * 1024 * 1024;

const EMPTY: Digest = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What the index keeps of a file's content. */
export interface FileContent {
  readonly digest: Digest;
  readonly normal?: NormalForm;
  readonly isPlain?: boolean;
  readonly packages?: readonly PackageFact[];
}

/** Who wants to see a file. */
export interface Wanted {
  readonly normalizers: readonly ContentNormalizer[];
  readonly readers: readonly PackageReader[];
}

/**
 * Which files get their normal forms, which take most of the time: all (`whole`), none (`plain`), or those that are not, byte for
 * byte, in the other image, which is read at the same time.
 */
export type Depth = 'whole' | 'plain' | { readonly side: Side; readonly counterparts: Counterparts };

/**
 * Shows files to the inspectors that want them. One that throws did not understand the content: the file is then compared by its
 * bytes. A file that another layer of the comparison has too, as most do in the other image, is not shown again.
 */
export class FileInspector {
  readonly #inspectors: Inspectors;
  readonly #pool: EntryPool;
  readonly #depth: Depth;

  constructor(inspectors: Inspectors, pool = new EntryPool(), depth: Depth = 'whole') {
    this.#inspectors = inspectors;
    this.#pool = pool;
    this.#depth = depth;
  }

  /** `undefined` where nobody wants it. */
  wants(file: FileHead): Wanted | undefined {
    if (file.size > MAX_INSPECTED_BYTES) return undefined;
    const normalizers = this.#inspectors.normalizers.filter((normalizer) => normalizer.matches(file));
    const readers = this.#inspectors.packageReaders.filter((reader) => reader.matches(file));
    return normalizers.length + readers.length > 0 ? { normalizers, readers } : undefined;
  }

  /** Settles when a file may be read; `undefined`: at once. */
  ready(): Promise<void> | undefined {
    return typeof this.#depth === 'string' ? undefined : this.#depth.counterparts.catchUp(this.#depth.side);
  }

  /** With all of the content. `wantedBy`: what `wants` gave, where it was asked already; it is the slowest here. `add` keeps what is made of it, and gives it as it is kept. */
  inspect(
    file: FileHead,
    bytes: Uint8Array,
    wantedBy: Wanted | undefined,
    add: (content: FileContent) => LayerEntry,
  ): void {
    const digest = bytes.byteLength === 0 ? EMPTY : digestOf(bytes);
    this.#meetCounterpart(file, digest);
    const known = this.#pool.find(file.path);
    const isKnown = known?.type === 'file' && known.digest === digest && known.mode === file.mode;
    if (isKnown && (known.isPlain !== true || this.#depth !== 'whole')) {
      add({ digest, normal: known.normal, isPlain: known.isPlain, packages: known.packages });
      return;
    }
    const wanted = wantedBy ?? this.wants(file);
    if (wanted === undefined) {
      add({ digest });
      return;
    }
    const { normalizers, readers } = wanted;
    const packages = readers.flatMap((reader) => readPackages(reader, bytes, file));
    const content = { digest, ...(packages.length > 0 && { packages }) };
    const addPlain = () => add({ ...content, isPlain: true });
    if (normalizers.length === 0) add(content);
    else if (this.#depth === 'plain') addPlain();
    else if (known !== undefined || !this.#waitForCounterpart(file, bytes, normalizers, addPlain)) {
      add({ ...content, normal: firstNormalForm(normalizers, bytes, file) });
    }
  }

  /** The file that waits under this path is inspected, unless it is the other image's, and equal. */
  #meetCounterpart({ path, mode }: FileHead, digest: Digest): void {
    if (typeof this.#depth === 'string') return;
    const { side, counterparts } = this.#depth;
    counterparts.meet(
      path,
      (other) => other.side !== side && other.entry.digest === digest && other.entry.mode === mode,
    );
  }

  /** Whether it is added as a plain one that waits. */
  #waitForCounterpart(
    file: FileHead,
    bytes: Uint8Array,
    normalizers: readonly ContentNormalizer[],
    addPlain: () => LayerEntry,
  ): boolean {
    if (typeof this.#depth === 'string') return false;
    const { side, counterparts } = this.#depth;
    const { path, size, mode } = file;
    const headLength = file.head.byteLength;
    return counterparts.wait(path, bytes, side, () => {
      const entry = addPlain();
      const inspect = (content: Uint8Array) => {
        const own = { path, size, mode, head: content.subarray(0, headLength) };
        this.#pool.complete(entry, firstNormalForm(normalizers, content, own));
      };
      return { side, entry, inspect };
    });
  }
}

function firstNormalForm(
  normalizers: readonly ContentNormalizer[],
  bytes: Uint8Array,
  file: FileHead,
): NormalForm | undefined {
  for (const normalizer of normalizers) {
    try {
      const normal = normalizer.normalize(bytes, file);
      if (normal !== undefined) return normal;
    } catch {
      // Content that breaks a rule is content that the rule says nothing about.
    }
  }
  return undefined;
}

function readPackages(reader: PackageReader, bytes: Uint8Array, file: FileHead): readonly PackageFact[] {
  try {
    return reader.read(bytes, file);
  } catch {
    return [];
  }
}

/** In one call, which for a small file costs half of what a hash object does. */
function digestOf(bytes: Uint8Array): Digest {
  return flatDigest(hash('sha256', bytes, 'hex'));
}
