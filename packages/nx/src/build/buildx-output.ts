import { readFile, rm } from 'node:fs/promises';
import type { Digest, Image, ImageSet, StoredImages } from '@image-versions/oci';
import { registryClient } from '../options/open-repository.js';
import type { BuildRequest, BuiltImage } from './builder.js';
import type { BuildxOutput } from './buildx-arguments.js';

type Output = Omit<BuiltImage, 'builder' | 'reference' | 'close'>;

/** What a build wrote. */
export async function openOutput(output: BuildxOutput, request: BuildRequest): Promise<Output> {
  return withBases(await openPart(output, request), request);
}

/** Joins what builds of one platform each wrote to one index: where they were pushed to, else in an OCI layout at `folder`, tagged `build`. */
export async function joinOutputs(
  outputs: readonly BuildxOutput[],
  folder: string,
  request: BuildRequest,
): Promise<Output> {
  const { joinImages, openOciLayout, openRepositoryImages } = await import('@image-versions/oci');
  const { container, signal } = request;
  await rm(folder, { recursive: true, force: true });
  const parts: StoredImages[] = [];
  try {
    for (const output of outputs) parts.push(await openPart(output, request));
    const pushed = outputs.some((output) => 'repository' in output) ? parts[0]?.source : undefined;
    const source = pushed ?? openOciLayout(folder);
    const digest = await joinImages(parts, source, pushed ? undefined : 'build', { signal });
    const images = await openRepositoryImages(source, digest, { name: nameOf(container), signal });
    return await withBases({ ...images, source }, request);
  } finally {
    await Promise.all(parts.map((part) => part.close()));
  }
}

const nameOf = ({ project }: BuildRequest['container']): string => `buildx:${project}`;

async function openPart(output: BuildxOutput, { container, signal }: BuildRequest): Promise<StoredImages> {
  const { openArchive, openRepositoryImages } = await import('@image-versions/oci');
  if ('archive' in output) return openArchive(output.archive, { kind: 'oci-archive', name: nameOf(container), signal });
  const source = (await registryClient()).repository(output.repository);
  return { ...(await openRepositoryImages(source, await pushedDigest(output.metadataFile), { signal })), source };
}

/** The digest of the manifest or index that was pushed. (docker buildx build, --metadata-file) */
async function pushedDigest(metadataFile: string): Promise<Digest> {
  const { isDigest, OciError } = await import('@image-versions/oci');
  const text = await readFile(metadataFile, 'utf8').catch(() => '{}');
  const digest = /"containerimage\.digest":\s*"([^"]+)"/.exec(text)?.[1];
  if (isDigest(digest)) return digest;
  throw new OciError(
    'invalid',
    `docker buildx build pushed an image, and did not say its digest: ${text.slice(0, 200)}`,
    {
      hint: 'buildx 0.8 and later says it; without pushByDigest it is not needed.',
    },
  );
}

async function withBases(images: StoredImages, { bases, signal }: BuildRequest): Promise<Output> {
  const { OciError } = await import('@image-versions/oci');
  try {
    const platforms = await images.readPlatforms({ signal });
    const opened = await Promise.all(platforms.map((platform) => images.open(platform, { signal })));
    const [image] = opened;
    if (image === undefined) throw new OciError('invalid', `${images.name} has no platform`);
    const baseDiffIds = await layersOfBases(bases, opened);
    const { source } = images;
    return { images, image, bases: Object.fromEntries(bases), baseDiffIds, ...(source && { source }) };
  } catch (error) {
    await images.close();
    throw error;
  }
}

/** Layers that the images have from their bases, as far as registries say: it only tells where a change comes from. */
async function layersOfBases(bases: ReadonlyMap<string, string>, built: readonly Image[]): Promise<Digest[]> {
  const { isOciError, openRepositoryImages, parseImageReference } = await import('@image-versions/oci');
  const found = new Set<Digest>();
  const client = await registryClient();
  for (const [reference, digest] of bases) {
    if (!digest.startsWith('sha256:')) continue;
    const { registry, repository } = parseImageReference(reference);
    try {
      const base: ImageSet = await openRepositoryImages(client.repository(`${registry}/${repository}`), digest);
      for (const { config } of built) {
        const { diffIds } = (await base.open(config.platform)).config;
        if (diffIds.every((diffId, at) => diffId === config.diffIds[at]))
          for (const diffId of diffIds) found.add(diffId);
      }
    } catch (error) {
      if (!isOciError(error)) throw error;
    }
  }
  return [...found];
}
