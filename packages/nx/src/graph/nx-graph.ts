import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerOptions } from '../options/container-options.js';

/** The part of Nx's project graph that is read. */
export interface GraphNodes {
  readonly [project: string]: {
    readonly data: {
      readonly root: string;
      readonly targets?: Readonly<
        Record<
          string,
          {
            readonly executor?: string;
            readonly options?: Readonly<Record<string, unknown>>;
            readonly dependsOn?: readonly unknown[];
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
  readonly options: ContainerOptions;
}

const publishExecutor = '@image-versions/nx:publish-image';

/** Every project that has a target of the publish-image executor, whatever that target is called; sorted by name. */
export function containersOf(nodes: GraphNodes): ContainerNode[] {
  return Object.entries(nodes)
    .flatMap(([project, { data }]) => {
      const found = Object.entries(data.targets ?? {}).find(([, target]) => target.executor === publishExecutor);
      if (!found) return [];
      return [
        { project, root: data.root, publishTarget: found[0], options: (found[1].options ?? {}) as ContainerOptions },
      ];
    })
    .sort((a, b) => (a.project < b.project ? -1 : 1));
}

/**
 * The graph that Nx last made, as it keeps it on disk: read as it is, because the devkit's way to it loads most of Nx. Where it is
 * not there, the devkit is asked.
 */
export async function readGraphNodes(dataFolder: string): Promise<GraphNodes> {
  const text = await readGraphText(dataFolder);
  if (text !== undefined) {
    const { nodes } = JSON.parse(text) as { nodes?: GraphNodes };
    if (nodes) return nodes;
  }
  const { createProjectGraphAsync } = await import('@nx/devkit');
  return (await createProjectGraphAsync()).nodes as GraphNodes;
}

/**
 * Whether one of these words is a target that other targets lead to an image target by (`dependsOn`). Reads the graph only
 * where its text says that there is such a target at all.
 */
export async function leadsToImages(
  words: readonly string[],
  imageTargets: readonly string[],
  dataFolder: string,
): Promise<boolean> {
  const text = await readGraphText(dataFolder);
  // As a key a name is followed by a colon; as a dependency it is not.
  if (text === undefined || !imageTargets.some((name) => isNamedAsValue(text, name))) return false;
  const { nodes } = JSON.parse(text) as { nodes?: GraphNodes };
  const leading = new Set(imageTargets);
  const targets = Object.values(nodes ?? {}).flatMap(({ data }) => Object.entries(data.targets ?? {}));
  for (let before = -1; before !== leading.size; ) {
    before = leading.size;
    for (const [name, { dependsOn }] of targets) {
      if (dependsOn?.some((entry) => leading.has(targetOf(entry)))) leading.add(name);
    }
  }
  return words.some((word) => leading.has(word));
}

function isNamedAsValue(text: string, name: string): boolean {
  const end = `${name}"`;
  for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) {
    const before = text[at - 1];
    if (text[at + end.length] !== ':' && (before === '"' || before === '^' || before === ':')) return true;
  }
  return false;
}

/** The target that an entry of `dependsOn` names: `x`, `^x`, `project:x` or `{ target: x }`. */
function targetOf(entry: unknown): string {
  const text = typeof entry === 'string' ? entry : String((entry as { target?: unknown }).target ?? '');
  return text.replace(/^\^/, '').replace(/^.*:/, '');
}

function readGraphText(dataFolder: string): Promise<string | undefined> {
  return readFile(join(dataFolder, 'project-graph.json'), 'utf8').catch(() => undefined);
}
