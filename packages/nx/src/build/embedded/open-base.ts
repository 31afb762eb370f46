import { formatPlatform, OciError, openRepositoryImages, type Platform, selectPlatform } from '@image-versions/oci';
import { openBaseRepository } from '../../options/open-repository.js';
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
    const { repository, reference } = await openBaseRepository(workspaceRoot, name);
    const known = digests.get(name);
    const wanted = known?.startsWith('sha256:') ? known : reference;
    const images = await openRepositoryImages(repository, wanted, { name, signal });
    const chosen = choose(name, await images.readPlatforms({ signal }), platform);
    return { repository, image: await images.open(chosen, { signal }) };
  };
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
