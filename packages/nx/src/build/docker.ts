import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Digest, Engine, EngineAuth } from '@image-versions/oci';
import type { Container } from '../options/container-options.js';
import { enginePlatform } from '../options/engine-platform.js';
import { engineBase, unknownBase } from '../options/token-names.js';
import type { Builder, BuildRequest } from './builder.js';
import { openEngineImage } from './engine-image.js';
import { needsBuildKit } from './needs-build-kit.js';

/** Docker Hub, as engines know it. */
const hubAddress = 'https://index.docker.io/v1/';

/** Builds with the engine that DOCKER_HOST or the Docker context names. */
export const docker: Builder = {
  name: 'docker',
  async build(request) {
    const { workspaceRoot, container, isFresh, onOutput, signal } = request;
    const oci = await import('@image-versions/oci');
    const engine = await oci.connectEngine({ signal });
    const auths = await credentialsFor([...request.bases.keys()]);
    await pullBases(engine, request, auths);
    const context = join(workspaceRoot, container.context);
    const reference = localName(container);
    const dockerfile = join(workspaceRoot, container.dockerfile);
    // One that is not there is for the engine's client to report.
    const buildKit = needsBuildKit(await readFile(dockerfile, 'utf8').catch(() => ''), process.env);
    const platform = enginePlatform(process.env);
    const built = await engine.build({
      context,
      ...(platform && { platform }),
      dockerfile: relative(context, dockerfile),
      buildKit,
      buildArgs: container.buildArgs,
      labels: container.labels,
      ...(container.stage === undefined ? {} : { target: container.stage }),
      tags: [reference],
      noCache: isFresh,
      auth: auths,
      onProgress: onOutput,
      signal,
    });
    const opened = await openEngineImage(engine, built.id);
    return {
      builder: `docker (${engine.kind} ${engine.version}${buildKit && engine.kind === 'docker' ? ', BuildKit' : ''})`,
      reference,
      ...opened,
      ...(await builtOn(engine, request.bases, built.diffIds)),
      close: () => opened.images.close(),
    };
  },
};

/** What the engine calls an image of ours: never a name that a Dockerfile may mean another image by. */
function localName({ registry, name }: Pick<Container, 'registry' | 'name'>): string {
  return `${registry ?? 'image-versions'}/${name}:build`;
}

/** The engine builds on what it has: a base that moved in its registry, or a fresh build, has it fetch the base first. */
async function pullBases(engine: Engine, request: BuildRequest, auths: Record<string, EngineAuth>): Promise<void> {
  const { parseImageReference } = await import('@image-versions/oci');
  for (const [reference, digest] of request.bases) {
    if (digest.startsWith(engineBase)) continue;
    const local = await engine.inspect(reference);
    const isCurrent = local?.repoDigests.some((name) => name.endsWith(`@${digest}`)) ?? false;
    // What can't be looked up is what the engine has, if it has it.
    if (isCurrent || (digest === unknownBase && local !== undefined && !request.isFresh)) continue;
    request.onOutput(`Pulling ${reference}`);
    const host = parseImageReference(reference).registry;
    const auth = auths[host === 'docker.io' ? hubAddress : host];
    const platform = enginePlatform(process.env);
    await engine.pull(reference, { ...(auth && { auth }), ...(platform && { platform }), signal: request.signal });
  }
}

async function builtOn(
  engine: Engine,
  bases: ReadonlyMap<string, string>,
  diffIds: readonly Digest[],
): Promise<{ bases: Record<string, string>; baseDiffIds: readonly Digest[] }> {
  const found: Record<string, string> = {};
  let baseDiffIds: readonly Digest[] = [];
  await Promise.all(
    [...bases].map(async ([reference, digest]) => {
      const base = await engine.inspect(reference);
      const isPublished = !digest.startsWith(engineBase) && digest !== unknownBase;
      found[reference] = isPublished ? digest : (base?.id ?? digest);
      // Of several stages' bases, the one that the image begins with.
      const isBelow = base?.diffIds.every((diffId, index) => diffId === diffIds[index]) ?? false;
      if (base && isBelow && base.diffIds.length > baseDiffIds.length) baseDiffIds = base.diffIds;
    }),
  );
  return { bases: found, baseDiffIds };
}

/** Credentials by host as engines know it, for the registries that bases come from. */
async function credentialsFor(references: readonly string[]): Promise<Record<string, EngineAuth>> {
  const { createCredentialsLookup, parseImageReference } = await import('@image-versions/oci');
  const lookup = createCredentialsLookup({ env: process.env });
  const auths: Record<string, EngineAuth> = {};
  for (const host of new Set(references.map((reference) => parseImageReference(reference).registry))) {
    const found = await lookup(host);
    const serveraddress = host === 'docker.io' ? hubAddress : host;
    if (found?.kind === 'basic') {
      auths[serveraddress] = { username: found.username, password: found.password, serveraddress };
    } else if (found?.kind === 'identity-token') auths[serveraddress] = { identitytoken: found.token, serveraddress };
    else if (found?.kind === 'bearer') auths[serveraddress] = { registrytoken: found.token, serveraddress };
  }
  return auths;
}
