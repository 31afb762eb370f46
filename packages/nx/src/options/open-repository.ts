import { join, resolve } from 'node:path';
import type { RegistryClient, Repository } from '@image-versions/oci';
import { type Container, layoutsFolder } from './container-options.js';

let client: Promise<RegistryClient> | undefined;

/** HEAD requests at once. With 16, a thousand tags of a registry 40 ms away take as long as all that Nx does. */
const concurrency = 32;

/** The client of this process for all registries, made when first used. */
export function registryClient(): Promise<RegistryClient> {
  client ??= import('@image-versions/oci/lookup').then((oci) => oci.createRegistryClient({ concurrency }));
  return client;
}

/** The host of the option `registry`: `ghcr.io` of `ghcr.io/acme`; `docker.io` of `acme`, which is a namespace there. */
export async function registryHost(registry: string): Promise<string> {
  const { parseRepositoryName } = await import('@image-versions/oci/lookup');
  return parseRepositoryName(`${registry}/image`).registry;
}

/** Opens the repository that an image is published to: in its registry, or the layout that stands in for one. */
export async function openImageRepository(
  workspaceRoot: string,
  container: Pick<Container, 'registry' | 'name' | 'image'>,
): Promise<Repository> {
  if (container.registry !== undefined) return (await registryClient()).repository(container.image);
  const { openOciLayout } = await import('@image-versions/oci');
  return openOciLayout(join(workspaceRoot, layoutsFolder, container.name), { name: container.image });
}

/**
 * The repository of a base that a Dockerfile of the workspace names, and the tag or digest in it: an image of a registry, or
 * `oci:folder[:tag]`, a layout whose folder is relative to the workspace root. Error `unsupported` for other places.
 */
export async function openBaseRepository(
  workspaceRoot: string,
  name: string,
): Promise<{ repository: Repository; reference: string }> {
  const { OciError, parseImageSource } = await import('@image-versions/oci/lookup');
  const source = parseImageSource(name);
  if (source.kind === 'oci-layout') {
    const { openOciLayout } = await import('@image-versions/oci');
    const repository = openOciLayout(resolve(workspaceRoot, source.path), { name: `oci:${source.path}` });
    return { repository, reference: source.reference ?? 'latest' };
  }
  const found = source.kind === 'any' || source.kind === 'registry' ? source.reference : undefined;
  if (found === undefined) {
    throw new OciError('unsupported', `${name}: expected an image of a registry, or oci:folder:tag`, {
      hint: 'Only an engine can build on what it alone has: push the image, or set builder to docker.',
    });
  }
  const repository = (await registryClient()).repository(`${found.registry}/${found.repository}`);
  return { repository, reference: found.digest ?? found.tag ?? 'latest' };
}
