import type { Descriptor, Digest } from '../content/descriptor.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { parseIndex } from '../model/manifest.js';

/** On an entry of `index.json`: the tag that it stands under (image-spec 1.1, annotations.md). */
const REF_NAME = 'org.opencontainers.image.ref.name';

/** The `index.json` of an OCI image layout (image-spec 1.1, image-layout.md). Fields that are not ours are kept. */
export interface LayoutIndex {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly manifests: readonly Descriptor[];
}

/** What a layout has before anything is in it. */
export const EMPTY_LAYOUT_INDEX: LayoutIndex = {
  fields: { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex },
  manifests: [],
};

/** Parses an `index.json`. Throws `invalid` and `limit`. */
export function parseLayoutIndex(bytes: Uint8Array, what: string): LayoutIndex {
  parseIndex(bytes, MEDIA_TYPES.ociIndex, what);
  const { manifests, ...fields } = JSON.parse(Buffer.from(bytes).toString()) as { manifests: Descriptor[] | null };
  return { fields, manifests: manifests ?? [] };
}

/** The bytes of an `index.json`. */
export function formatLayoutIndex({ fields, manifests }: LayoutIndex): Uint8Array {
  return Buffer.from(`${JSON.stringify({ ...fields, manifests }, undefined, 2)}\n`);
}

/** The tag of an entry. */
export const tagOf = ({ annotations }: Descriptor): string | undefined => annotations?.[REF_NAME];

/** The entry under a tag or of a digest. */
export function findManifest({ manifests }: LayoutIndex, reference: string | Digest): Descriptor | undefined {
  return manifests.find((entry) => tagOf(entry) === reference) ?? manifests.find(({ digest }) => digest === reference);
}

/** Puts a manifest under a tag, or by its digest alone. What the tag stood at before stays, without it. */
export function withManifest(index: LayoutIndex, descriptor: Descriptor, tag: string | undefined): LayoutIndex {
  if (tag === undefined) {
    const isThere = index.manifests.some(({ digest }) => digest === descriptor.digest);
    return isThere ? index : { ...index, manifests: [...index.manifests, descriptor] };
  }
  if (findManifest(index, tag)?.digest === descriptor.digest) return index;
  const tagged = { ...descriptor, annotations: { ...descriptor.annotations, [REF_NAME]: tag } };
  const others = index.manifests.map((entry) => (tagOf(entry) === tag ? withoutTag(entry) : entry));
  return { ...index, manifests: withoutSpares([...others, tagged]) };
}

function withoutTag({ annotations, ...entry }: Descriptor): Descriptor {
  const { [REF_NAME]: _, ...rest } = annotations ?? {};
  return Object.keys(rest).length === 0 ? entry : { ...entry, annotations: rest };
}

/** Drops entries without a tag whose digest another entry has. */
function withoutSpares(manifests: readonly Descriptor[]): Descriptor[] {
  return manifests.filter(
    (entry, at) =>
      tagOf(entry) !== undefined ||
      !manifests.some(
        (other, otherAt) => other.digest === entry.digest && (tagOf(other) !== undefined || otherAt < at),
      ),
  );
}
