import { join } from 'node:path';
import type { Container } from '../options/container-options.js';

/** The part of a build that one run of buildx makes. */
export interface BuildxPart {
  /** Empty: the instance's own. */
  readonly platforms: readonly string[];
  readonly output: BuildxOutput;
}

/** Where an image goes: to an OCI archive here, or to a repository, untagged; then its digest is found in `metadataFile`. */
export type BuildxOutput =
  | { readonly archive: string }
  | { readonly repository: string; readonly metadataFile: string };

export interface BuildxCommand extends BuildxPart {
  readonly workspaceRoot: string;
  readonly container: Container;
  readonly isFresh: boolean;
  /** Base references with the digests that they are built at. */
  readonly bases: ReadonlyMap<string, string>;
}

/** Arguments of `docker` for one build, to be run without a shell, in the workspace root. */
export function buildxArguments({
  workspaceRoot,
  container,
  isFresh,
  bases,
  platforms,
  output,
}: BuildxCommand): string[] {
  const { buildx, buildArgs, labels, stage } = container;
  const flags = (name: string, values: Iterable<string>) => [...values].map((value) => `--${name}=${value}`);
  const pairs = (map: Readonly<Record<string, string>>) => Object.entries(map).map(([key, value]) => `${key}=${value}`);
  return [
    'buildx',
    'build',
    ...(buildx.instance === undefined ? [] : [`--builder=${buildx.instance}`]),
    '--progress=plain',
    `--file=${join(workspaceRoot, container.dockerfile)}`,
    ...outputFlags(output),
    ...(platforms.length > 0 ? [`--platform=${platforms.join(',')}`] : []),
    ...(stage === undefined ? [] : [`--target=${stage}`]),
    ...flags('build-arg', pairs(buildArgs)),
    ...flags('label', pairs(labels)),
    ...flags('cache-from', buildx.cacheFrom),
    ...flags('cache-to', buildx.cacheTo),
    ...flags('secret', buildx.secrets),
    ...flags('ssh', buildx.ssh),
    ...flags('build-context', pairs(pinnedBases(bases))),
    ...flags('build-context', pairs(buildx.contexts)),
    ...(buildx.provenance === undefined ? [] : [`--provenance=${buildx.provenance}`]),
    ...(buildx.sbom === undefined ? [] : [`--sbom=${buildx.sbom}`]),
    ...(isFresh ? ['--no-cache', '--pull'] : []),
    join(workspaceRoot, container.context),
  ];
}

function outputFlags(output: BuildxOutput): string[] {
  // Files get the time of SOURCE_DATE_EPOCH, and not that of the build.
  const times = { 'rewrite-timestamp': 'true' };
  if ('archive' in output) return [`--output=${csv({ type: 'oci', dest: output.archive, ...times })}`];
  const push = { push: 'true', 'push-by-digest': 'true', 'name-canonical': 'true', 'oci-mediatypes': 'true' };
  const fields = csv({ type: 'image', name: output.repository, ...push, ...times });
  return [`--output=${fields}`, `--metadata-file=${output.metadataFile}`];
}

/** Each base by the digest that the decision rests on, whatever its tag says by the time that a worker asks for it. */
function pinnedBases(bases: ReadonlyMap<string, string>): Record<string, string> {
  const known = [...bases].filter(([reference, digest]) => digest.startsWith('sha256:') && !reference.includes('@'));
  return Object.fromEntries(
    known.map(([reference, digest]) => [reference, `docker-image://${withoutTag(reference)}@${digest}`]),
  );
}

const withoutTag = (reference: string): string => reference.replace(/:[^:/]+$/, '');

/** Fields as Docker's CLI reads them: those with a comma or a quote are quoted. */
function csv(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${value}`)
    .map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}
