import { ImageVersionsError } from '../errors.js';
import { type ComparisonOptions, comparisonProblem } from './comparison-options.js';
import { isRegistry, registryForm } from './image-name.js';

/**
 * How images are built: `docker` is the engine that DOCKER_HOST or the context names, `buildx` an instance of docker buildx,
 * `embedded` needs neither and runs no commands; `auto` is the engine if one answers, else `embedded`.
 */
export type BuilderName = 'auto' | 'docker' | 'buildx' | 'embedded';

/** What a person may write under `options` of the plugin in `nx.json`. All optional. */
export interface PluginOptions {
  /** Repository prefix such as `ghcr.io/acme/mono`. Without it: OCI image layouts under `.image-registry`. */
  registry?: string;
  /** File of the pins, from the workspace root. Default `image_versions.src`. */
  versionsFile?: string;
  /** Generated file of the versions, from the workspace root. Default `image_vars.src`, beside the versions file. */
  varsFile?: string;
  /** Name of an image under the registry; `{projectName}` is replaced. Default `{projectName}`. */
  imageName?: string;
  /** Put before each image name, such as `dev_`. Default none. */
  imagePrefix?: string;
  /** Dockerfiles that make a container, as globs from the workspace root. Default every `Dockerfile`. */
  include?: string[];
  /** Dockerfiles that don't, as globs from the workspace root. Default none. */
  exclude?: string[];
  /** Default `auto`. */
  builder?: BuilderName;
  /** What of two images counts: profile, ignored paths, rules. Default: everything but build noise. */
  comparison?: ComparisonOptions;
  /** Build context, from the workspace root; `{projectRoot}` is replaced. Default `{projectRoot}`. */
  context?: string;
  publishTargetName?: string;
  buildTargetName?: string;
  diffTargetName?: string;
  pinTargetName?: string;
  unpinTargetName?: string;
  /** Internal target of the versions project. Default `pins`. */
  pinsTargetName?: string;
  /** Target of the versions project that prints the versions. Default `image-versions`. */
  versionsTargetName?: string;
}

/** `PluginOptions` with every default filled in. Paths are relative to the workspace root, without `./`. */
export interface NormalizedPluginOptions {
  readonly registry: string | undefined;
  readonly versionsFile: string;
  readonly varsFile: string;
  readonly imageName: string;
  readonly imagePrefix: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly builder: BuilderName;
  readonly context: string;
  readonly comparison: ComparisonOptions | undefined;
  readonly targets: TargetNames;
}

export interface TargetNames {
  readonly publish: string;
  readonly build: string;
  readonly diff: string;
  readonly pin: string;
  readonly unpin: string;
  readonly pins: string;
  readonly versions: string;
}

export const builderNames: readonly BuilderName[] = ['auto', 'docker', 'buildx', 'embedded'];

const strings = [
  'registry',
  'versionsFile',
  'varsFile',
  'imageName',
  'imagePrefix',
  'context',
  'publishTargetName',
  'buildTargetName',
  'diffTargetName',
  'pinTargetName',
  'unpinTargetName',
  'pinsTargetName',
  'versionsTargetName',
] as const;
const lists = ['include', 'exclude'] as const;

/**
 * Fills in the defaults. This runs at every nx command, so it is plain code and loads nothing.
 * Throws `ImageVersionsError` of code `invalid` that names every bad field.
 */
export function normalizePluginOptions(written: unknown): NormalizedPluginOptions {
  const given = (written ?? {}) as PluginOptions;
  const problems = findProblems(given);
  if (problems.length > 0) fail(problems);
  const options = withDefaults(given);
  const { versionsFile, targets } = options;
  if (options.varsFile === versionsFile)
    fail([`varsFile: expected another file than versionsFile, got ${versionsFile}`]);
  const names = Object.values(targets);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) fail([`two targets would be called ${twice}`]);
  return options;
}

function fail(problems: readonly string[]): never {
  throw new ImageVersionsError('invalid', `Options of @image-versions/nx in nx.json: ${problems.join('; ')}.`, {
    hint: 'Correct them in nx.json; README.md of @image-versions/nx lists all options.',
  });
}

function withDefaults(given: PluginOptions): NormalizedPluginOptions {
  const versionsFile = workspacePath(given.versionsFile ?? 'image_versions.src');
  return {
    registry: given.registry?.replace(/\/+$/, '') || undefined,
    versionsFile,
    varsFile: workspacePath(given.varsFile ?? `${folderOf(versionsFile)}image_vars.src`),
    imageName: given.imageName ?? '{projectName}',
    imagePrefix: given.imagePrefix ?? '',
    include: given.include ?? ['**/Dockerfile'],
    exclude: given.exclude ?? [],
    builder: given.builder ?? 'auto',
    context: given.context ?? '{projectRoot}',
    comparison: given.comparison,
    targets: {
      publish: given.publishTargetName ?? 'publish-image',
      build: given.buildTargetName ?? 'build-image',
      diff: given.diffTargetName ?? 'diff-image',
      pin: given.pinTargetName ?? 'pin',
      unpin: given.unpinTargetName ?? 'unpin',
      pins: given.pinsTargetName ?? 'pins',
      versions: given.versionsTargetName ?? 'image-versions',
    },
  };
}

function findProblems(given: PluginOptions): string[] {
  if (typeof given !== 'object' || Array.isArray(given)) return [`expected an object, got ${JSON.stringify(given)}`];
  const values = given as Record<string, unknown>;
  const known = new Set<string>([...strings, ...lists, 'builder', 'comparison']);
  const problems: string[] = [];
  for (const name of Object.keys(values)) if (!known.has(name)) problems.push(`${name}: no such option`);
  for (const name of strings) {
    const value = values[name];
    if (value !== undefined && typeof value !== 'string') problems.push(`${name}: expected a string`);
    else if (name.endsWith('TargetName') && value === '') problems.push(`${name}: expected a name`);
  }
  for (const name of lists) {
    const value = values[name];
    if (value === undefined) continue;
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
      problems.push(`${name}: expected a list of globs`);
  }
  if (given.builder !== undefined && !builderNames.includes(given.builder)) {
    problems.push(`builder: expected one of ${builderNames.join(', ')}, got ${JSON.stringify(given.builder)}`);
  }
  const problem = given.comparison === undefined ? undefined : comparisonProblem(given.comparison);
  if (problem !== undefined) problems.push(`comparison: ${problem}`);
  if (typeof given.registry === 'string' && given.registry !== '' && !isRegistry(given.registry)) {
    problems.push(`registry: ${registryForm}, got ${JSON.stringify(given.registry)}`);
  }
  for (const name of ['versionsFile', 'varsFile'] as const) {
    const value = values[name];
    if (typeof value === 'string' && (value === '' || value.startsWith('/') || /(^|\/)\.\.(\/|$)/.test(value))) {
      problems.push(`${name}: expected a path inside the workspace`);
    }
  }
  return problems;
}

function workspacePath(path: string): string {
  return path.replace(/^(\.\/)+/, '');
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
