import * as v from 'valibot';
import type { Descriptor } from '../content/descriptor.js';
import { isIndexMediaType, MEDIA_TYPES } from '../content/media-types.js';
import { descriptorSchema } from '../model/descriptor-schema.js';
import { maybe, parseJson } from '../model/json.js';
import { MANIFEST_LIMIT_BYTES, parseManifestOrIndex } from '../model/manifest.js';
import { printManifest } from '../model/print-manifest.js';
import type { RequestOptions, StoredManifest } from '../model/repository.js';
import { listReferrers, referrersTag } from './listing.js';
import { putManifest } from './manifests.js';
import type { RepositoryAccess } from './repository-access.js';

const subjectSchema = v.object({ subject: maybe(descriptorSchema) });

/**
 * Enters a manifest that has a subject into the tag that stands for the referrers API, for registries without one
 * (distribution-spec 1.1, "Pushing Manifests with Subject"). Two writers at once can lose one entry: the spec has no way round it.
 */
export async function linkReferrer(
  access: RepositoryAccess,
  manifest: StoredManifest,
  options: RequestOptions,
): Promise<void> {
  const what = `manifest ${access.name}@${manifest.descriptor.digest}`;
  const { subject } = parseJson(manifest.bytes, subjectSchema, what, MANIFEST_LIMIT_BYTES);
  if (subject === undefined) return;
  const known = await listReferrers(access, subject.digest, options);
  if (known.some((descriptor) => descriptor.digest === manifest.descriptor.digest)) return;
  const entry = referrerEntry(manifest, what);
  const index = printManifest(MEDIA_TYPES.ociIndex, { manifests: [...known, entry] });
  await putManifest(access, index, referrersTag(subject.digest), options);
}

function referrerEntry({ descriptor, bytes }: StoredManifest, what: string): Descriptor {
  const parsed = parseManifestOrIndex(bytes, descriptor.mediaType, what);
  const artifactType = parsed.artifactType ?? (parsed.kind === 'manifest' ? parsed.config.mediaType : undefined);
  const { mediaType, digest, size } = descriptor;
  return {
    mediaType,
    digest,
    size,
    ...(artifactType !== undefined && !isIndexMediaType(artifactType) && { artifactType }),
    ...(Object.keys(parsed.annotations).length > 0 && { annotations: parsed.annotations }),
  };
}
