import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Digest, Image, ImageSet } from '@image-versions/oci';
import { recordsFolder } from '../options/container-key.js';
import { registryClient } from '../options/open-repository.js';
import type { Builder, BuildRequest, BuiltImage } from './builder.js';
import { buildxArguments } from './buildx-arguments.js';
import { buildFailed, inspectFailed } from './buildx-errors.js';
import { type DockerResult, runDocker } from './buildx-process.js';
import { secretsMask } from './buildx-secrets.js';
import { sourceDateEpoch } from './source-date-epoch.js';

/**
 * Builds with `docker buildx build` on one of its instances, here or far away, into an OCI archive: no engine has to hold the image.
 * Several platforms come as an index.
 */
export const buildx: Builder = {
  name: 'buildx',
  async build(request) {
    const { workspaceRoot, container, isFresh, keeps, bases, onOutput, signal } = request;
    const mask = await secretsMask(workspaceRoot, container.buildx.secrets);
    const epoch = await sourceDateEpoch(workspaceRoot);
    // The two of buildx itself: no attestation that nobody asked for, since each has another time in it.
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch), BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };
    const run = (args: readonly string[], onLine: (line: string) => void) =>
      runDocker({ args, cwd: workspaceRoot, env, mask, onLine, signal });
    const builder = await describeInstance(container.buildx.instance, run);

    const folder = await mkdtemp(join(tmpdir(), 'image-versions-buildx-'));
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const kept = `${recordsFolder}/images/${container.project}.tar`;
      const archive = keeps ? join(workspaceRoot, kept) : join(folder, 'image.tar');
      if (keeps) await mkdir(dirname(archive), { recursive: true });
      const { code, output } = await run(
        buildxArguments({ workspaceRoot, container, isFresh, bases, archive }),
        onOutput,
      );
      if (code !== 0) throw await buildFailed(container.project, code, output);
      const opened = await openBuilt(archive, request);
      const close = async () => {
        await opened.images.close();
        await remove();
      };
      return { builder, reference: `oci-archive:${keeps ? kept : archive}`, ...opened, close };
    } catch (error) {
      await remove();
      throw error;
    }
  },
};

/** The instance as records name it: `buildx (ci: kubernetes, BuildKit v0.34.2)`. */
async function describeInstance(
  instance: string | undefined,
  run: (args: readonly string[], onLine: (line: string) => void) => Promise<DockerResult>,
): Promise<string> {
  const lines: string[] = [];
  const result = await run(['buildx', 'inspect', ...(instance === undefined ? [] : [instance])], (line) => {
    lines.push(line);
  });
  if (result.code !== 0) throw inspectFailed(instance, result);
  const field = (name: string) => lines.map((line) => line.match(`^${name}:\\s+(\\S+)`)?.[1]).find(Boolean);
  const version = field('BuildKit version') ?? field('Buildkit');
  return `buildx (${field('Name') ?? instance ?? 'default'}: ${field('Driver') ?? 'unknown driver'}${version ? `, BuildKit ${version}` : ''})`;
}

async function openBuilt(
  archive: string,
  { container, bases, signal }: BuildRequest,
): Promise<Omit<BuiltImage, 'builder' | 'reference' | 'close'>> {
  const { openArchive, OciError } = await import('@image-versions/oci');
  const images = await openArchive(archive, { kind: 'oci-archive', name: `buildx:${container.project}`, signal });
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
