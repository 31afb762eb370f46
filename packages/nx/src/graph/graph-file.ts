import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import type { ContainerSettings } from './container-settings.js';
import { type DockerfileFacts, parseDockerfile } from './dockerfile.js';
import { readText } from './read-text.js';

/** Changes when what is kept does, so that an older file is not read. */
const formatVersion = 4;

/** What the hooks need to know of a container, so that they need not read the workspace again. */
export interface ContainerSummary {
  readonly root: string;
  readonly key: string;
  readonly settings: ContainerSettings;
  /** Images that it is built on, ARGs filled in, sorted. */
  readonly bases: readonly string[];
  /** Folders and files that may go into it, from the workspace root; `''` is all of it. */
  readonly paths: readonly string[];
}

interface GraphFileContent {
  readonly formatVersion: number;
  readonly containers: readonly ContainerSummary[];
  /** Facts of a Dockerfile by the digest of its text. */
  readonly facts: Readonly<Record<string, DockerfileFacts>>;
}

/**
 * What the last `createNodes` found, in Nx's workspace data folder: facts, so that a graph of a thousand containers parses
 * only Dockerfiles that changed; and the containers, for the hooks.
 */
export interface GraphFile {
  /** `undefined` if no graph was made here with these options. */
  readonly containers: readonly ContainerSummary[] | undefined;
  facts(text: string): Promise<DockerfileFacts>;
  /** Keeps `containers` and the facts that were asked for. Never throws: what can't be kept costs time later, and nothing else. */
  save(containers: readonly ContainerSummary[]): Promise<void>;
}

/** `folder` is Nx's workspace data folder; the file in it may be missing or damaged. */
export function openGraphFile(folder: string, options: NormalizedPluginOptions): GraphFile {
  const id = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 12);
  const path = join(folder, `image-versions-${id}.json`);
  const before = readText(path);
  const content = before === undefined ? undefined : parseContent(before);
  const used = new Map<string, DockerfileFacts>();
  return {
    containers: content?.containers,
    async facts(text) {
      const key = createHash('sha256').update(text).digest('base64url').slice(0, 22);
      const facts = used.get(key) ?? content?.facts[key] ?? (await parseDockerfile(text));
      used.set(key, facts);
      return facts;
    },
    async save(containers) {
      const facts = Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1)));
      const after = JSON.stringify({ formatVersion, containers, facts } satisfies GraphFileContent);
      if (after === before) return;
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(temporary, after);
        await rename(temporary, path);
      } catch {
        // See above.
      }
    },
  };
}

/** Nx's own folder for such files. */
export async function workspaceDataFolder(): Promise<string> {
  const { workspaceDataDirectory } = await import('nx/src/utils/cache-directory.js');
  return workspaceDataDirectory;
}

function parseContent(text: string): GraphFileContent | undefined {
  try {
    const content = JSON.parse(text) as GraphFileContent;
    return content.formatVersion === formatVersion ? content : undefined;
  } catch {
    return undefined;
  }
}
