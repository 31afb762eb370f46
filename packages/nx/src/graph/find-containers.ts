import { basename, dirname, join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import { containerKey } from '../options/container-key.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { folderContexts, imageContexts } from './build-contexts.js';
import { type ContainerSettings, containerSettings, type Manifests, type ProjectManifest } from './container.js';
import { cleanPath, contextFolders, contextPaths } from './context-inputs.js';
import type { DockerfileFacts } from './dockerfile.js';
import { contextSources, externalImages } from './dockerfile-values.js';
import type { ContainerSummary, GraphFile } from './graph-file.js';
import { linkedPaths } from './linked-paths.js';
import { readText } from './read-text.js';

/** A container of the workspace as its own files describe it. */
export interface FoundContainer {
  /** Project root from the workspace root; `.` is the root. */
  readonly root: string;
  readonly key: string;
  /** The Dockerfile that makes the folder a container, from the workspace root. */
  readonly configFile: string;
  readonly manifests: Manifests;
  readonly settings: ContainerSettings;
  readonly facts: DockerfileFacts;
  /** Where sources of the Dockerfile lead that are links, from the workspace root. */
  readonly linked: readonly string[];
}

export interface FindContext {
  readonly workspaceRoot: string;
  readonly targetDefaults: unknown;
  readonly graphFile: Pick<GraphFile, 'facts'>;
}

/** The containers among these Dockerfiles (paths from the workspace root), sorted by root. One folder is one container. */
export async function findContainers(
  dockerfiles: readonly string[],
  options: NormalizedPluginOptions,
  context: FindContext,
): Promise<FoundContainer[]> {
  const selected = await selectedBy(options);
  const byRoot = new Map<string, string>();
  for (const file of [...dockerfiles].sort()) {
    if (!selected(file)) continue;
    const root = dirname(file);
    const other = byRoot.get(root);
    if (other === undefined || basename(file) === 'Dockerfile') byRoot.set(root, file);
    else if (basename(other) !== 'Dockerfile') {
      throw new ImageVersionsError('invalid', `Two Dockerfiles in one folder: ${other} and ${file}`, {
        hint: 'A folder is one container: name the other one under exclude in the options of @image-versions/nx.',
      });
    }
  }
  return Promise.all([...byRoot].map(([root, file]) => readContainer(root, file, options, context)));
}

async function readContainer(
  root: string,
  configFile: string,
  options: NormalizedPluginOptions,
  context: FindContext,
): Promise<FoundContainer> {
  const manifests = readManifests(join(context.workspaceRoot, root));
  const settings = containerSettings(configFile, root, manifests, context.targetDefaults, options);
  const text = readText(join(context.workspaceRoot, settings.dockerfile)) ?? '';
  const facts = await context.graphFile.facts(text);
  const sources = contextPaths(contextSources(facts, settings.buildArgs), settings.context);
  const linked = linkedPaths(context.workspaceRoot, sources);
  return { root, key: containerKey(root), configFile, manifests, settings, facts, linked };
}

/** What the hooks need of a container. */
export function summarize({ root, key, facts, settings, linked }: FoundContainer): ContainerSummary {
  const { context, buildArgs, buildContexts } = settings;
  const paths = [cleanPath(root), ...contextFolders(contextSources(facts, buildArgs), context)];
  paths.push(...folderContexts(buildContexts).map(cleanPath), ...linked);
  const bases = [...externalImages(facts, buildArgs, buildContexts), ...imageContexts(buildContexts)];
  return { root, key, bases: [...new Set(bases)].sort(), paths: [...new Set(paths)] };
}

/** `project.json` and `package.json` of a folder; one that can't be parsed is Nx's to report. */
export function readManifests(folder: string): Manifests {
  const read = (name: string): ProjectManifest | undefined => {
    const text = readText(join(folder, name));
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as ProjectManifest;
    } catch {
      return {};
    }
  };
  return { projectJson: read('project.json'), packageJson: read('package.json') };
}

/** Loads a glob library only where globs were given. */
async function selectedBy(options: NormalizedPluginOptions): Promise<(file: string) => boolean> {
  const plain = options.include.length === 1 && options.include[0] === '**/Dockerfile';
  if (plain && options.exclude.length === 0) return (file) => basename(file) === 'Dockerfile';
  const { minimatch } = await import('minimatch');
  const matches = (file: string) => (glob: string) => minimatch(file, glob, { dot: true });
  return (file) => options.include.some(matches(file)) && !options.exclude.some(matches(file));
}
