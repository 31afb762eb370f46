import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerOptions } from '../options/container-options.js';
import { imageInputsName, publishExecutor } from '../options/names.js';
import { rulesToken, runToken } from '../options/token-names.js';
import { pinsProject } from './versions-targets.js';
import { plainOptions, type WrittenTarget } from './written-target.js';

/** The part of Nx's project graph that is read. */
export interface GraphNodes {
  readonly [project: string]: {
    readonly data: {
      readonly root: string;
      readonly targets?: Readonly<
        Record<
          string,
          WrittenTarget & {
            readonly executor?: string;
            readonly dependsOn?: readonly unknown[];
            readonly inputs?: readonly unknown[];
            readonly cache?: boolean;
          }
        >
      >;
    };
  };
}

export interface ContainerNode {
  readonly project: string;
  readonly root: string;
  /** Name of its publish target. */
  readonly publishTarget: string;
  /** Of its publish target, with its default configuration. */
  readonly options: ContainerOptions;
  /** Whether something other than the plugin said what it is hashed by, and left out what the plugin says. */
  readonly lacksInputs: boolean;
  /** Whether its `dependsOn` was replaced, and the new one leaves out the task that stands for the version files. */
  readonly lacksPins: boolean;
}

/** Every project that has a target of the publish-image executor, whatever that target is called; sorted by name. */
export function containersOf(nodes: GraphNodes): ContainerNode[] {
  return Object.entries(nodes)
    .flatMap(([project, { data }]) => {
      const found = Object.entries(data.targets ?? {}).find(([, target]) => target.executor === publishExecutor);
      if (!found) return [];
      return [
        {
          project,
          root: data.root,
          publishTarget: found[0],
          options: plainOptions(found[1]) as ContainerOptions,
          lacksInputs: found[1].cache === true && !hasOwnInputs(found[1].inputs),
          lacksPins: !namesPins(found[1].dependsOn),
        },
      ];
    })
    .sort((a, b) => (a.project < b.project ? -1 : 1));
}

function hasOwnInputs(inputs: readonly unknown[] = []): boolean {
  const envs = new Set(inputs.map((input) => (input as { env?: unknown }).env));
  return inputs.includes(imageInputsName) && [rulesToken, runToken].every((env) => envs.has(env));
}

/** In whichever way Nx lets a dependency be written; one that says nothing is none that was replaced. */
function namesPins(dependsOn: readonly unknown[] | undefined): boolean {
  return dependsOn === undefined || JSON.stringify(dependsOn).includes(pinsProject.name);
}

interface KnownContainers {
  readonly path: string;
  readonly stamp: string;
  readonly containers: readonly ContainerNode[];
}

/** The hooks before and after the tasks run in one process, and mostly on one graph. */
let known: KnownContainers | undefined;

/**
 * The containers of the graph that Nx last made, as it keeps it on disk: read as it is, because the devkit's way to it loads most of
 * Nx; and once, while the file stays the same. Where it is not there, the devkit is asked.
 */
export async function readContainerNodes(dataFolder: string): Promise<readonly ContainerNode[]> {
  const path = graphPath(dataFolder);
  const stamp = stampOf(path);
  if (known !== undefined && known.path === path && known.stamp === stamp) return known.containers;
  const nodes = parseNodes(readGraphBytes(dataFolder));
  if (nodes === undefined) {
    const { createProjectGraphAsync } = await import('@nx/devkit');
    return containersOf((await createProjectGraphAsync()).nodes as GraphNodes);
  }
  const containers = containersOf(nodes);
  if (stamp !== undefined) known = { path, stamp, containers };
  return containers;
}

/**
 * Whether one of these words names a target that leads to an image target by `dependsOn`, over others or not. The graph is parsed only if
 * its text says that there is such a target at all.
 */
export function leadsToImages(words: readonly string[], imageTargets: readonly string[], dataFolder: string): boolean {
  const bytes = readGraphBytes(dataFolder);
  if (bytes === undefined) return false;
  if (!imageTargets.some((name) => isNamedAsValue(bytes, name)) && !hasPattern(bytes)) return false;
  const leading = new Set(imageTargets);
  const targets = Object.values(parseNodes(bytes) ?? {}).flatMap(({ data }) => Object.entries(data.targets ?? {}));
  for (let before = -1; before !== leading.size; ) {
    before = leading.size;
    for (const [name, { dependsOn }] of targets) {
      if (dependsOn?.some((entry) => mayName(targetOf(entry), leading))) leading.add(name);
    }
  }
  return words.some((word) => leading.has(word));
}

/**
 * Whether a name stands in the graph as a value, as it does in `dependsOn`. A key is followed by a colon; names of our executors do not
 * count.
 */
function isNamedAsValue(bytes: Buffer, name: string): boolean {
  const text = Buffer.from(`${name}"`);
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    const before = String.fromCharCode(bytes[at - 1] ?? 0);
    if (bytes[at + text.length] === 0x3a || !'"^:'.includes(before)) continue;
    if (before !== ':' || !isExecutor.test(bytes.toString('latin1', Math.max(0, at - 40), at))) return true;
  }
  return false;
}

/** Whether any `dependsOn` has a `*`, other than in its list of projects. */
function hasPattern(bytes: Buffer): boolean {
  return /"dependsOn":\s*\[(?:[^[\]]|\[[^\]]*\])*\*/.test(bytes.toString('latin1'));
}

/** Whether a target of `dependsOn` may be one of these names. Of a pattern only the text before its first wildcard is compared. */
function mayName(target: string, names: ReadonlySet<string>): boolean {
  const [start = ''] = target.split(/[*?{[(!]/, 1);
  return start === target ? names.has(target) : [...names].some((name) => name.startsWith(start));
}

const isExecutor = /"executor":\s*"@image-versions\/nx:$/;

/** The target that an entry of `dependsOn` names: `x`, `^x`, `project:x` or `{ target: x }`. */
function targetOf(entry: unknown): string {
  const text = typeof entry === 'string' ? entry : String((entry as { target?: unknown }).target ?? '');
  return text.replace(/^\^/, '').replace(/^.*:/, '');
}

function parseNodes(bytes: Buffer | undefined): GraphNodes | undefined {
  return bytes && (JSON.parse(bytes.toString('utf8')) as { nodes?: GraphNodes }).nodes;
}

function graphPath(dataFolder: string): string {
  return join(dataFolder, 'project-graph.json');
}

function readGraphBytes(dataFolder: string): Buffer | undefined {
  try {
    return readFileSync(graphPath(dataFolder));
  } catch {
    return undefined;
  }
}

/** Differs wherever the file is another one: Nx replaces it and does not write into it. */
function stampOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && [stats.ino, stats.size, stats.mtimeNs].join(' ');
}
