import type { Digest } from '../content/descriptor.js';
import type { BuiltImage } from './image-builder.js';
import type { TarLiteral } from './tar-writer.js';

/** An image of an archive, and the names it has there. */
export interface ArchivedImage {
  readonly image: BuiltImage;
  /** Such as `app:1.0`. */
  readonly tags?: readonly string[];
}

const hex = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1);
const json = (value: unknown): string => JSON.stringify(value);

/** The entries of `docker save` up to 24: `<id>/layer.tar`, a layer's second time as a link to the first, then the manifests. */
export function dockerArchiveEntries(images: readonly ArchivedImage[]): TarLiteral[] {
  const entries = new Map<string, TarLiteral>();
  const add = (entry: TarLiteral): unknown => entries.set(entry.path, entry);
  const first = new Map<Digest, string>();
  const manifest = images.map(({ image, tags }, index) => {
    const layers = image.layers.map(({ diffId, tar }, at) => {
      const path = `${String(index)}${String(at)}${hex(diffId).slice(2)}/layer.tar`;
      const earlier = first.get(diffId);
      add(earlier === undefined ? { path, content: tar } : { path, type: 'symlink', linkPath: `../${earlier}` });
      if (earlier === undefined) first.set(diffId, path);
      add({ path: path.replace('layer.tar', 'VERSION'), content: '1.0' });
      return path;
    });
    const config = `${hex(image.config.descriptor.digest)}.json`;
    add({ path: config, content: image.config.bytes });
    return { Config: config, RepoTags: tags ?? null, Layers: layers };
  });
  return [
    ...entries.values(),
    { path: 'manifest.json', content: json(manifest) },
    { path: 'repositories', content: '{}' },
  ];
}

/** The entries of an OCI image layout (image-spec 1.1, image-layout.md); a tag is the last part of each name. */
export function ociArchiveEntries(images: readonly ArchivedImage[]): TarLiteral[] {
  const entries = new Map<string, TarLiteral>();
  for (const { image } of images) {
    for (const { descriptor, bytes } of [...image.layers, image.config, image.manifest]) {
      const path = `blobs/sha256/${hex(descriptor.digest)}`;
      entries.set(path, { path, content: bytes });
    }
  }
  const manifests = images.flatMap(({ image, tags }) =>
    (tags ?? [undefined]).map((tag) => ({
      ...image.manifest.descriptor,
      platform: image.platform,
      ...(tag && {
        annotations: {
          'io.containerd.image.name': `docker.io/library/${tag}`,
          'org.opencontainers.image.ref.name': tag.slice(tag.lastIndexOf(':') + 1),
        },
      }),
    })),
  );
  return [
    ...entries.values(),
    { path: 'index.json', content: json({ schemaVersion: 2, manifests }) },
    { path: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
  ];
}

/** The entries of `docker save` since 25: an OCI layout that has Docker's `manifest.json` too. */
export function dockerOciArchiveEntries(images: readonly ArchivedImage[]): TarLiteral[] {
  const blob = (digest: Digest): string => `blobs/sha256/${hex(digest)}`;
  const manifest = images.map(({ image, tags }) => ({
    Config: blob(image.config.descriptor.digest),
    RepoTags: tags ?? null,
    Layers: image.layers.map(({ descriptor }) => blob(descriptor.digest)),
  }));
  return [...ociArchiveEntries(images), { path: 'manifest.json', content: json(manifest) }];
}
