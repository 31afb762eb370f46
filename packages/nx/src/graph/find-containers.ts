import { basename, dirname, join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import { containerKey } from '../options/container-key.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { folderContexts, imageContexts } from './build-contexts.js';
import { nameContainers } from './container-names.js';
import {
  type ContainerSettings,
  containerSettings,
  type Manifests,
  type ProjectManifest,
} from './container-settings.js';
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
  /** Of the project; `undefined` where another plugin gives it. */
  readonly name: string | undefined;
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
  readonly nxJson: { readonly targetDefaults?: unknown; readonly plugins?: unknown };
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
  const { workspaceRoot, nxJson } = context;
  const found = await Promise.all(
    [...byRoot].map(async ([root, configFile]) => {
      return { root, configFile, manifests: await readManifests(join(workspaceRoot, root)) };
    }),
  );
  const names = nameContainers(found, workspaceRoot, nxJson.plugins);
  return Promise.all(found.map((one) => readContainer({ ...one, name: names.get(one.root) }, options, context)));
}

async function readContainer(
  found: Pick<FoundContainer, 'root' | 'configFile' | 'manifests' | 'name'>,
  options: NormalizedPluginOptions,
  context: FindContext,
): Promise<FoundContainer> {
  const settings = await containerSettings(found.configFile, found, context.nxJson.targetDefaults, options);
  const text = readText(join(context.workspaceRoot, settings.dockerfile)) ?? '';
  const facts = await context.graphFile.facts(text);
  const sources = contextPaths(contextSources(facts, settings.buildArgs), settings.context);
  const linked = linkedPaths(context.workspaceRoot, sources);
  return { ...found, key: containerKey(found.root), settings, facts, linked };
}

/** What the hooks need of a container. */
export function summarize({ root, key, facts, settings, linked }: FoundContainer): ContainerSummary {
  const { context, buildArgs, buildContexts } = settings;
  const paths = [cleanPath(root), ...contextFolders(contextSources(facts, buildArgs), context)];
  paths.push(...folderContexts(buildContexts).map(cleanPath), ...linked);
  const bases = [...externalImages(facts, buildArgs, buildContexts), ...imageContexts(buildContexts)];
  return { root, key, settings, bases: [...new Set(bases)].sort(), paths: [...new Set(paths)] };
}

/** `project.json` and `package.json` of a folder. Nx reports one that can't be parsed; here it is empty. */
export async function readManifests(folder: string): Promise<Manifests> {
  const read = async (name: string): Promise<ProjectManifest | undefined> => {
    const text = readText(join(folder, name));
    return text === undefined ? undefined : parseManifest(text);
  };
  const [projectJson, packageJson] = await Promise.all([read('project.json'), read('package.json')]);
  return { projectJson, packageJson };
}

/** With comments and trailing commas, as Nx takes them; its parser is loaded only for such a file. */
async function parseManifest(text: string): Promise<ProjectManifest> {
  try {
    return JSON.parse(text) as ProjectManifest;
  } catch {
    const { parseJson } = await import('nx/src/utils/json.js');
    try {
      return parseJson<ProjectManifest & object>(text);
    } catch {
      return {};
    }
  }
}

/** Loads a glob library only where globs were given. */
async function selectedBy(options: NormalizedPluginOptions): Promise<(file: string) => boolean> {
  const plain = options.include.length === 1 && options.include[0] === '**/Dockerfile';
  if (plain && options.exclude.length === 0) return (file) => basename(file) === 'Dockerfile';
  const { minimatch } = await import('minimatch');
  const matches = (file: string) => (glob: string) => minimatch(file, glob, { dot: true });
  return (file) => options.include.some(matches(file)) && !options.exclude.some(matches(file));
}
