import { rm } from 'node:fs/promises';
import type { ArchiveImages, Digest, Image, ImageSet } from '@image-versions/oci';
import { registryClient } from '../options/open-repository.js';
import type { BuildRequest, BuiltImage } from './builder.js';

type Output = Omit<BuiltImage, 'builder' | 'reference' | 'close'>;

/** What a build wrote to an OCI archive. */
export async function openOutput(archive: string, request: BuildRequest): Promise<Output> {
  return withBases(await openPart(archive, request), request);
}

/** Joins what builds of one platform each wrote to archives: one index in an OCI layout at `folder`, tagged `build`. */
export async function joinArchives(
  archives: readonly string[],
  folder: string,
  request: BuildRequest,
): Promise<Output> {
  const { joinImages, openOciLayout, openRepositoryImages } = await import('@image-versions/oci');
  const { container, signal } = request;
  await rm(folder, { recursive: true, force: true });
  const source = openOciLayout(folder);
  const parts: ArchiveImages[] = [];
  try {
    for (const archive of archives) parts.push(await openPart(archive, request));
    const digest = await joinImages(parts, source, 'build', { signal });
    const images = await openRepositoryImages(source, digest, { name: nameOf(container), signal });
    return await withBases({ ...images, source }, request);
  } finally {
    await Promise.all(parts.map((part) => part.close()));
  }
}

const nameOf = ({ project }: BuildRequest['container']): string => `buildx:${project}`;

async function openPart(archive: string, { container, signal }: BuildRequest): Promise<ArchiveImages> {
  const { openArchive } = await import('@image-versions/oci');
  return openArchive(archive, { kind: 'oci-archive', name: nameOf(container), signal });
}

async function withBases(images: ArchiveImages, { bases, signal }: BuildRequest): Promise<Output> {
  const { OciError } = await import('@image-versions/oci');
  try {
    const opened = await Promise.all(images.platforms.map((platform) => images.open(platform, { signal })));
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
