import * as v from 'valibot';
import type { Descriptor } from '../content/descriptor.js';
import {
  isImageConfigMediaType,
  isIndexMediaType,
  isManifestMediaType,
  isSchema1MediaType,
  MEDIA_TYPES,
} from '../content/media-types.js';
import { OciError } from '../errors.js';
import { descriptorSchema } from './descriptor-schema.js';
import type { ImageConfig } from './image.js';
import { goObject, maybe, parseJson, stringMap } from './json.js';

/** Largest manifest or index that is read: distribution-spec 1.1 asks registries to take 4 MiB, and most take no more. */
export const MANIFEST_LIMIT_BYTES = 4 * 1024 * 1024;

/** An OCI or Docker v2s2 manifest (image-spec 1.1, manifest.md). */
export interface Manifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  /** Bottom to top. */
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType: string | undefined;
  readonly subject: Descriptor | undefined;
}

/** An OCI index or Docker manifest list (image-spec 1.1, image-index.md). */
export interface Index {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType: string | undefined;
  readonly subject: Descriptor | undefined;
}

const documentSchema = goObject({
  schemaVersion: maybe(v.number()),
  mediaType: maybe(v.string()),
  config: maybe(v.unknown()),
  layers: maybe(v.unknown()),
  manifests: maybe(v.unknown()),
  fsLayers: maybe(v.unknown()),
});

const common = { annotations: maybe(stringMap), artifactType: maybe(v.string()), subject: maybe(descriptorSchema) };
const manifestSchema = goObject({ config: descriptorSchema, layers: maybe(v.array(descriptorSchema)), ...common });
const indexSchema = goObject({ manifests: maybe(v.array(descriptorSchema)), ...common });

/**
 * Parses a manifest or an index. `mediaType` is the `Content-Type` it came with, or its descriptor's; a general one
 * (`application/json`) says nothing and is passed over. Bytes that could be read as either are refused
 * (image-spec GHSA-77vh-xpmg-72qh), and so are bytes that contradict their media type.
 * Throws `invalid`, `limit`, and `unsupported` for Docker's schema 1.
 */
export function parseManifestOrIndex(bytes: Uint8Array, mediaType?: string, what = 'manifest'): Manifest | Index {
  const document = parseJson(bytes, documentSchema, what, MANIFEST_LIMIT_BYTES);
  const type = documentType(document, specificType(mediaType), what);
  if (isIndexMediaType(type)) {
    const { manifests, annotations, artifactType, subject } = parseJson(bytes, indexSchema, what, MANIFEST_LIMIT_BYTES);
    return {
      kind: 'index',
      mediaType: type,
      manifests: manifests ?? [],
      annotations: annotations ?? {},
      artifactType,
      subject,
    };
  }
  const { config, layers, annotations, artifactType, subject } = parseJson(
    bytes,
    manifestSchema,
    what,
    MANIFEST_LIMIT_BYTES,
  );
  return {
    kind: 'manifest',
    mediaType: type,
    config,
    layers: layers ?? [],
    annotations: annotations ?? {},
    artifactType,
    subject,
  };
}

/** As `parseManifestOrIndex`; an index is an error of code `invalid`. */
export function parseManifest(bytes: Uint8Array, mediaType?: string, what = 'manifest'): Manifest {
  const parsed = parseManifestOrIndex(bytes, mediaType, what);
  if (parsed.kind === 'manifest') return parsed;
  throw new OciError('invalid', `${what}: expected the manifest of one image, got an index (${parsed.mediaType})`);
}

/** As `parseManifestOrIndex`; a manifest is an error of code `invalid`. */
export function parseIndex(bytes: Uint8Array, mediaType?: string, what = 'index'): Index {
  const parsed = parseManifestOrIndex(bytes, mediaType, what);
  if (parsed.kind === 'index') return parsed;
  throw new OciError('invalid', `${what}: expected an index, got the manifest of one image (${parsed.mediaType})`);
}

/** Throws `unsupported` unless the manifest is of a container image: charts, signatures and other artifacts are not. */
export function assertImageManifest(manifest: Manifest, what: string): void {
  if (isImageConfigMediaType(manifest.config.mediaType)) return;
  const type = manifest.artifactType ?? manifest.config.mediaType;
  throw new OciError(
    'unsupported',
    `${what}: expected a container image, got an artifact of type ${JSON.stringify(type)}`,
  );
}

/** Throws `invalid` unless manifest and config name the same number of layers. */
export function assertSameLayers(manifest: Manifest, config: ImageConfig, what: string): void {
  const [layers, diffIds] = [manifest.layers.length, config.diffIds.length];
  if (layers === diffIds) return;
  throw new OciError('invalid', `${what}: the manifest has ${layers} layers, its config names ${diffIds}`);
}

function specificType(mediaType: string | undefined): string | undefined {
  const type = mediaType?.split(';')[0]?.trim().toLowerCase();
  return type === undefined || /^(|application\/(json|octet-stream)|text\/plain)$/.test(type) ? undefined : type;
}

function documentType(document: v.InferOutput<typeof documentSchema>, given: string | undefined, what: string): string {
  const named = document.mediaType;
  if (document.schemaVersion === 1 || document.fsLayers !== undefined || isSchema1MediaType(named ?? given ?? '')) {
    throw new OciError(
      'unsupported',
      `${what}: a manifest of Docker's schema 1, which has no layer digests to compare`,
      {
        hint: 'Push the image again with a current engine.',
      },
    );
  }
  if (document.schemaVersion !== 2) {
    throw new OciError('invalid', `${what}: schemaVersion: expected 2, got ${JSON.stringify(document.schemaVersion)}`);
  }
  if (named !== undefined && given !== undefined && named !== given) {
    throw new OciError('invalid', `${what}: named as ${quote(given)}, but it says itself that it is ${quote(named)}`);
  }
  const isIndex = document.manifests !== undefined;
  const isManifest = document.config !== undefined || document.layers !== undefined;
  if (isIndex && isManifest) {
    throw new OciError(
      'invalid',
      `${what}: has both "manifests" and "config" or "layers": it could be read in two ways`,
    );
  }
  const type = named ?? given ?? (isIndex ? MEDIA_TYPES.ociIndex : MEDIA_TYPES.ociManifest);
  if (!isIndexMediaType(type) && !isManifestMediaType(type)) {
    throw new OciError(
      'invalid',
      `${what}: unknown media type ${quote(type)}: expected an OCI or Docker v2s2 manifest or index`,
    );
  }
  if (isIndexMediaType(type) ? isManifest : isIndex) {
    throw new OciError('invalid', `${what}: media type ${quote(type)} contradicts its fields`);
  }
  return type;
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 200));
