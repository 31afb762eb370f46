import { resolve } from 'node:path';
import {
  formatPlatform,
  OciError,
  openOciLayout,
  openRepositoryImages,
  type Platform,
  parseImageSource,
  type Repository,
  selectPlatform,
} from '@image-versions/oci';
import { registryClient } from '../../options/open-repository.js';
import type { OpenBase } from './bases.js';

/**
 * Opens bases as a Dockerfile of a workspace names them: an image of a registry, or `oci:folder[:tag]`, a layout whose folder is
 * relative to the workspace root. `digests` says what a run has found under a name: that is what is built on.
 * Errors: `unsupported` for other places and for a platform that the image does not have; those of the repository.
 */
export function workspaceBases(
  workspaceRoot: string,
  digests: ReadonlyMap<string, string>,
  signal: AbortSignal | undefined,
): OpenBase {
  return async (name, platform) => {
    const { repository, reference } = await locate(workspaceRoot, name);
    const known = digests.get(name);
    const wanted = known?.startsWith('sha256:') ? known : reference;
    const images = await openRepositoryImages(repository, wanted, { name, signal });
    return { repository, image: await images.open(choose(name, images.platforms, platform), { signal }) };
  };
}

async function locate(workspaceRoot: string, name: string): Promise<{ repository: Repository; reference: string }> {
  const source = parseImageSource(name);
  if (source.kind === 'oci-layout') {
    const repository = openOciLayout(resolve(workspaceRoot, source.path));
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

/** An image that is there for one platform alone is taken as it is, as engines do. */
function choose(name: string, present: readonly Platform[], wanted: Platform | undefined): Platform {
  const [only] = present;
  if (only !== undefined && present.length === 1) return only;
  const chosen = wanted && selectPlatform(wanted, present);
  if (chosen !== undefined) return chosen;
  const shown = wanted ? formatPlatform(wanted) : 'a platform';
  throw new OciError('unsupported', `${name}: expected ${shown}, it has ${present.map(formatPlatform).join(', ')}`);
}
