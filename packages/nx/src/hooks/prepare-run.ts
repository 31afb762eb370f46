import type { PreTasksExecutionContext } from '@nx/devkit';
import { readGitState } from '../git/git-state.js';
import { unhashedFacts } from '../git/unhashed-facts.js';
import { readContainerNodes } from '../graph/nx-graph.js';
import { layoutsFolder } from '../options/container-options.js';
import { registryHost } from '../options/open-repository.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { lookUpBases } from './base-digests.js';
import { openBaseLookup } from './base-lookup.js';
import { builderVersions } from './builder-version.js';
import { checkSettings } from './check-settings.js';
import { type ImageRequest, namesTarget } from './command-line.js';
import { askEarly } from './early-tags.js';
import { fileTokens } from './file-tokens.js';
import { knownContainers } from './known-containers.js';
import { rulesVersion } from './rules-version.js';
import { tokens } from './tokens.js';
import { readWorkspaceVersions } from './workspace-versions.js';

export interface RunToPrepare {
  readonly context: PreTasksExecutionContext;
  readonly options: NormalizedPluginOptions;
  readonly request: ImageRequest;
  /** Where Nx keeps its graph. */
  readonly dataFolder: string;
  /** Whether an image may be built; else one may be pinned or unpinned. */
  readonly mayBuild: boolean;
}

/**
 * Puts into the environment what Nx hashes: the digests of the bases, what the version files ask of an image, what git knows and Nx does
 * not hash, and what this run asks.
 */
export async function prepareRun({ context, options, request, dataFolder, mayBuild }: RunToPrepare): Promise<void> {
  const { id, workspaceRoot, nxJsonConfiguration: nxJson } = context;
  // Credentials in the environment are for the workspace's registry, unless it says for which.
  if (options.registry !== undefined) process.env.IMAGE_VERSIONS_REGISTRY_HOST ??= await registryHost(options.registry);
  const git = readGitState(workspaceRoot, writtenByPublishing(options));
  const unhashed = unhashedFacts(workspaceRoot);
  const containers = await knownContainers(workspaceRoot, dataFolder, options, nxJson);
  const builders = builderVersions(containers.map(({ settings }) => settings));
  if (mayBuild) checkSettings(await readContainerNodes(dataFolder), containers);
  const [bases, versions] = mayBuild
    ? await Promise.all([
        lookUpBases(
          containers.flatMap((container) => container.bases),
          await openBaseLookup(workspaceRoot),
        ),
        readWorkspaceVersions(workspaceRoot, dataFolder, options),
      ])
    : [new Map()];
  for (const [name, { problem }] of bases) {
    if (problem !== undefined) console.warn(`Base ${name} could not be looked up: ${problem}`);
  }
  const env = tokens({
    containers,
    bases,
    requests: versions?.requests ?? new Map(),
    files: fileTokens(containers, await unhashed),
    rules: rulesVersion(),
    builders: await builders,
    request,
    runId: `${id}-${Date.now()}`,
    git: await git,
    environment: process.env,
  });
  // The assignment is what Nx records and hashes.
  for (const [name, value] of Object.entries(env)) process.env[name] = value;
  if (versions && request.runsAll && namesTarget(request, [options.targets.publish])) {
    askEarly(id, versions.standing, versions.resolve);
  }
}

/** Globs of what a run leaves in a work tree, also one that was killed. None of it makes the tree one with changes. */
function writtenByPublishing({ versionsFile, varsFile }: NormalizedPluginOptions): string[] {
  const files = [versionsFile, varsFile].flatMap((path) => [path, path.replace(/([^/]+)$/, '.$1.*')]);
  return [...files, 'dist/**', `${layoutsFolder}/**`, '.nx/**'];
}
