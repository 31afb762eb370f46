import type { Digest, Platform } from '../content/descriptor.js';
import { isDigest } from '../content/digest.js';
import { isManifestMediaType } from '../content/media-types.js';
import { isOciError, OciError } from '../errors.js';
import { samePlatform } from '../model/platform.js';
import type { EngineHistoryEntry, EngineImage } from './engine.js';
import type { EngineClient } from './engine-client.js';
import { splitEngineName } from './engine-name.js';

type Answer = Readonly<Record<string, unknown>>;

/** `undefined` where the engine has no such image. `manifests`: its IDs are digests of manifests (`keepsManifests`). */
export async function inspectImage(
  client: EngineClient,
  reference: string,
  manifests: boolean,
  signal: AbortSignal | undefined,
): Promise<EngineImage | undefined> {
  splitEngineName(reference);
  const tried = `inspect the image ${reference}`;
  let answer: Answer;
  try {
    const query = manifests ? { manifests: '1' } : {};
    answer = (await client.json({ method: 'GET', path: `/images/${reference}/json`, query, signal, tried })) as Answer;
  } catch (error) {
    if (isOciError(error, 'not-found')) return undefined;
    throw error;
  }
  // Podman's ID may come without its algorithm.
  const id = String(answer.Id).replace(/^(?=[0-9a-f]{64}$)/, 'sha256:');
  const rootfs = answer.RootFS as { Layers?: unknown } | undefined;
  const diffIds = Array.isArray(rootfs?.Layers) ? rootfs.Layers : [];
  if (!isDigest(id) || !diffIds.every(isDigest) || typeof answer.Os !== 'string') {
    throw new OciError('invalid', `Could not ${tried}: the engine's answer has no ID, no layers or no platform.`);
  }
  const platform = {
    os: answer.Os,
    architecture: text(answer.Architecture) ?? '',
    ...(text(answer.Variant) && { variant: text(answer.Variant) }),
    ...(text(answer.OsVersion) && { 'os.version': text(answer.OsVersion) }),
  };
  return {
    id,
    configDigest: manifests ? undefined : id,
    manifestDigest: manifests ? manifestOf(answer, platform) : undefined,
    diffIds,
    repoTags: strings(answer.RepoTags),
    repoDigests: strings(answer.RepoDigests),
    sizeBytes: Number(answer.Size) || 0,
    platform,
    config: {
      ...platform,
      created: text(answer.Created),
      author: text(answer.Author),
      config: answer.Config ?? {},
      rootfs: { type: 'layers', diff_ids: diffIds },
    },
  };
}

/** The manifest that the engine's answer is about: its descriptor, or the one line of an index for this platform that is an image. */
function manifestOf(answer: Answer, platform: Platform): Digest | undefined {
  const { Descriptor: descriptor, Manifests: manifests } = answer as {
    Descriptor?: { mediaType?: unknown; digest?: unknown };
    Manifests?: readonly { Kind?: unknown; Descriptor?: { digest?: unknown }; ImageData?: { Platform?: Platform } }[];
  };
  if (isManifestMediaType(String(descriptor?.mediaType))) {
    return isDigest(descriptor?.digest) ? descriptor.digest : undefined;
  }
  const images = (Array.isArray(manifests) ? manifests : []).filter(
    (line) => line?.Kind === 'image' && isFor(line.ImageData?.Platform, platform),
  );
  const digest = images.length === 1 ? images[0]?.Descriptor?.digest : undefined;
  return isDigest(digest) ? digest : undefined;
}

/** An answer without a platform is for none. */
const isFor = (told: Partial<Platform> | undefined, platform: Platform): boolean =>
  samePlatform({ os: '', architecture: '', ...told }, platform);

/** An image's history, oldest first. Error `not-found`. */
export async function readHistory(
  client: EngineClient,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<EngineHistoryEntry[]> {
  splitEngineName(reference);
  const tried = `read the history of ${reference}`;
  const answer = await client.json({ method: 'GET', path: `/images/${reference}/history`, signal, tried });
  if (!Array.isArray(answer)) throw new OciError('invalid', `Could not ${tried}: the engine's answer is no list.`);
  return answer.reverse().map((entry: Answer) => ({
    id: isDigest(entry.Id) ? entry.Id : undefined,
    created: new Date(1000 * (Number(entry.Created) || 0)).toISOString(),
    createdBy: text(entry.CreatedBy) ?? '',
    comment: text(entry.Comment) ?? '',
    sizeBytes: Number(entry.Size) || 0,
  }));
}

/** Whether Docker keeps images in containerd's store, where an image's ID is the digest of its manifest or index. */
export async function keepsManifests(client: EngineClient): Promise<boolean> {
  const tried = "read the engine's settings";
  const info = (await client.json({ method: 'GET', path: '/info', tried })) as { DriverStatus?: unknown } | undefined;
  return JSON.stringify(info?.DriverStatus ?? '').includes('io.containerd.snapshotter');
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
