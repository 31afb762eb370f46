import { ImageVersionsError } from '../errors.js';
import { type Buildx, type BuildxOptions, normalizeBuildx } from './buildx-options.js';
import { type ComparisonOptions, comparisonProblem } from './comparison-options.js';
import { containerKey } from './container-key.js';
import { isRegistry, isRepositoryName, registryForm } from './image-name.js';
import { type BuilderName, builderNames } from './plugin-options.js';

/** What a person may write in the options of a container's publish target; the other targets take theirs from there. */
export interface ContainerOptions extends BuildxOptions {
  registry?: string;
  imageName?: string;
  imagePrefix?: string;
  /** Prefix of the shell variables; default the project's name without dashes. */
  varPrefix?: string;
  dockerfile?: string;
  context?: string;
  buildArgs?: Record<string, string | number | boolean>;
  /** Put on the image above those of its Dockerfile. */
  labels?: Record<string, string | number | boolean>;
  /** Stage of the Dockerfile to build; default the last. */
  stage?: string;
  builder?: BuilderName;
  /** Another target that makes the image, `target` or `project:target[:configuration]`. */
  buildTarget?: string;
  /** Where `buildTarget` leaves the image: in the engine, an OCI layout or an archive; default the project's name with `:latest` in the engine. */
  buildTargetImage?: string;
  /** What of two images counts; replaces that of the workspace. */
  comparison?: ComparisonOptions;
  versionsFile?: string;
  varsFile?: string;
}

/** A container, ready to work with. Paths are relative to the workspace root. */
export interface Container {
  readonly project: string;
  /** Project root; `.` is the workspace root. */
  readonly root: string;
  readonly key: string;
  readonly registry: string | undefined;
  /** Name under the registry. */
  readonly name: string;
  /** As published, without a tag: `ghcr.io/acme/mono/app`, or `oci:.image-registry/app` where no registry is configured. */
  readonly image: string;
  readonly varPrefix: string | undefined;
  readonly dockerfile: string;
  readonly context: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly stage: string | undefined;
  readonly builder: BuilderName;
  readonly buildx: Buildx;
  readonly buildTarget: string | undefined;
  readonly buildTargetImage: string;
  readonly comparison: ComparisonOptions;
  readonly versionsFile: string;
  readonly varsFile: string;
}

/** Folder of the OCI image layouts that stand in for a registry, from the workspace root. */
export const layoutsFolder = '.image-registry';

const texts = [
  'registry',
  'imageName',
  'imagePrefix',
  'varPrefix',
  'dockerfile',
  'context',
  'stage',
  'buildTarget',
  'buildTargetImage',
  'versionsFile',
  'varsFile',
] as const;

/** Fills in the defaults. Error `invalid`, which names project and field. */
export function normalizeContainer(project: string, root: string, written: ContainerOptions): Container {
  const fail = (field: string, text: string, hint: string) => {
    return new ImageVersionsError('invalid', `Option ${field} of project ${project}: ${text}`, { hint });
  };
  const place = 'Correct it in the options of its publish-image target.';
  for (const field of texts) {
    const value: unknown = written[field];
    if (value === undefined || (typeof value === 'string' && (value !== '' || field !== 'dockerfile'))) continue;
    throw fail(field, `expected a text, got ${JSON.stringify(value)}`, place);
  }
  const registry = written.registry?.replace(/\/+$/, '') || undefined;
  // Nx itself fills in {projectName}, scope and all.
  const pattern = (written.imageName ?? '{projectName}').replaceAll('{projectName}', project);
  const name = `${written.imagePrefix ?? ''}${pattern.replace(/(^|\/)@/g, '$1').toLowerCase()}`;
  if (registry !== undefined && !isRegistry(registry)) {
    throw fail('registry', `${registryForm}, got ${JSON.stringify(registry)}`, place);
  }
  if (!isRepositoryName(name)) {
    throw fail(
      'imageName',
      `expected a repository name (lower case letters, digits, single . _ - between them), got ${JSON.stringify(name)}`,
      'Set imageName (or imagePrefix) in the options of its publish-image target.',
    );
  }
  const builder = written.builder ?? 'auto';
  if (!builderNames.includes(builder)) {
    throw fail('builder', `expected one of ${builderNames.join(', ')}, got ${JSON.stringify(builder)}`, 'Correct it.');
  }
  const problem = comparisonProblem(written.comparison ?? {});
  if (problem !== undefined) throw fail('comparison', problem, 'Correct it; docs/rules.md lists the rules.');
  const buildx = normalizeBuildx(project, written);
  if (buildx.pushByDigest && registry === undefined) {
    throw fail('pushByDigest', 'expected a registry to push to', 'Set registry, or leave pushByDigest out.');
  }
  const expand = (path: string) => path.replaceAll('{projectRoot}', root).replaceAll('{projectName}', project);
  const versionsFile = written.versionsFile ?? 'image_versions.src';
  return {
    project,
    root,
    key: containerKey(root),
    registry,
    name,
    image: registry === undefined ? `oci:${layoutsFolder}/${name}` : `${registry}/${name}`,
    varPrefix: written.varPrefix,
    dockerfile: expand(written.dockerfile ?? '{projectRoot}/Dockerfile'),
    context: expand(written.context ?? '{projectRoot}'),
    buildArgs: asTexts(written.buildArgs),
    labels: asTexts(written.labels),
    stage: written.stage,
    builder,
    buildx,
    buildTarget: written.buildTarget,
    buildTargetImage: expand(written.buildTargetImage ?? `${project.replace(/^@/, '').toLowerCase()}:latest`),
    comparison: written.comparison ?? {},
    versionsFile,
    varsFile: written.varsFile ?? versionsFile.replace(/[^/]*$/, 'image_vars.src'),
  };
}

function asTexts(map: Readonly<Record<string, string | number | boolean>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]));
}
