import type { NxJsonConfiguration } from '@nx/devkit';

/**
 * From this release on `auto` reads the packages that differ out of the lockfile; before it, it saw a change of pnpm's
 * lockfile alone, and only of direct dependencies, so that a change could be missed.
 */
const firstMajor = 23;

/**
 * `nx.json` with which a change of the lockfile affects the projects that depend on what changed, in place of all. The same object where
 * it says something about that already, or where this Nx would miss a change.
 */
export function withLockfileUpdates(nxJson: NxJsonConfiguration, nxVersion: string): NxJsonConfiguration {
  const config = nxJson.pluginsConfig?.['@nx/js'] as Record<string, unknown> | undefined;
  if (config?.projectsAffectedByDependencyUpdates !== undefined) return nxJson;
  if (Number.parseInt(nxVersion, 10) < firstMajor) return nxJson;
  return {
    ...nxJson,
    pluginsConfig: { ...nxJson.pluginsConfig, '@nx/js': { ...config, projectsAffectedByDependencyUpdates: 'auto' } },
  };
}
