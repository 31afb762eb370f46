import type { PreTasksExecutionContext } from '@nx/devkit';
import { workspaceDataFolder } from '../graph/graph-file.js';
import { leadsToImages } from '../graph/nx-graph.js';
import { layoutsFolder } from '../options/container-options.js';
import { type NormalizedPluginOptions, normalizePluginOptions } from '../options/plugin-options.js';
import { namesTarget, parseCommandLine } from './command-line.js';
import { askEarly } from './early-tags.js';

/**
 * Puts into the environment what Nx hashes: the digests of the bases, what the version files ask of an image, and what this run
 * asks. Returns at once, with nothing loaded and nothing asked, at a command that runs no image target.
 */
export async function beforeTasks(written: unknown, context: PreTasksExecutionContext): Promise<void> {
  const options = normalizePluginOptions(written);
  const { targets } = options;
  const request = parseCommandLine(context.argv, targets);
  const dataFolder = await workspaceDataFolder();
  const builds = [targets.publish, targets.build, targets.diff];
  const mayRun = (names: readonly string[]) =>
    namesTarget(request, names) || leadsToImages(request.words, names, dataFolder);
  if (!mayRun([...builds, targets.pin, targets.unpin])) return;

  const [
    { knownContainers },
    { lookUpBases },
    { openBaseLookup },
    { readGitState },
    { unhashedFacts },
    { fileTokens },
    { tokens },
    { rulesVersion },
    { readWorkspaceVersions },
    { registryHost },
  ] = await Promise.all([
    import('./known-containers.js'),
    import('./base-digests.js'),
    import('./base-lookup.js'),
    import('../git/git-state.js'),
    import('../git/unhashed-facts.js'),
    import('./file-tokens.js'),
    import('./tokens.js'),
    import('./rules-version.js'),
    import('./workspace-versions.js'),
    import('../options/open-repository.js'),
  ]);
  // Credentials in the environment are for the workspace's registry, unless it says for which.
  if (options.registry !== undefined) process.env.IMAGE_VERSIONS_REGISTRY_HOST ??= await registryHost(options.registry);
  const { workspaceRoot, nxJsonConfiguration: nxJson } = context;
  const git = readGitState(workspaceRoot, writtenByPublishing(options));
  const unhashed = unhashedFacts(workspaceRoot);
  const containers = await knownContainers(workspaceRoot, dataFolder, options, nxJson.targetDefaults);
  const builder = options.builder === 'auto' ? chosenBuilder() : options.builder;
  const mayBuild = mayRun(builds);
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
  const rules = rulesVersion(await builder);
  const env = tokens({
    containers,
    bases,
    requests: versions?.requests ?? new Map(),
    files: fileTokens(containers, await unhashed),
    rules,
    request,
    runId: `${context.id}-${Date.now()}`,
    git: await git,
    environment: process.env,
  });
  // The assignment is what Nx records and hashes.
  for (const [name, value] of Object.entries(env)) process.env[name] = value;
  if (versions && request.runsAll && namesTarget(request, [targets.publish])) {
    askEarly(context.id, versions.standing, versions.resolve);
  }
}

/** What `auto` comes to on this machine, as far as a hash can tell it: an engine's image, or our own. */
async function chosenBuilder(): Promise<string> {
  const { engineListens } = await import('@image-versions/oci/lookup');
  return (await engineListens()) ? 'auto: engine' : 'auto: embedded';
}

/** Globs of what a run leaves in a work tree, also one that was killed: none of it is a change that a commit must hold. */
function writtenByPublishing({ versionsFile, varsFile }: NormalizedPluginOptions): string[] {
  const files = [versionsFile, varsFile].flatMap((path) => [path, path.replace(/([^/]+)$/, '.$1.*')]);
  return [...files, 'dist/**', `${layoutsFolder}/**`, '.nx/**'];
}
