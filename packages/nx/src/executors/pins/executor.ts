import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { containersOf, type GraphNodes } from '../../graph/nx-graph.js';
import { pinsFolder } from '../../options/container-key.js';
import { normalizeContainer } from '../../options/container-options.js';
import { pinFileContent } from '../../plan/fresh.js';
import { imageOf } from '../../store/state.js';
import { readVersionFiles } from '../../store/version-files.js';
import { prefixOf } from '../container.js';
import { runReported } from '../report.js';

export interface PinsOptions {
  versionsFile: string;
  varsFile: string;
  /** Roots of the containers: a new one makes this task run again. */
  containers: string[];
}

/** Writes one file for each image, with what of the version files is part of its hash. */
export default async function pins(options: PinsOptions, context: ExecutorContext) {
  return runReported(async () => {
    const state = await readVersionFiles({
      versionsFile: join(context.root, options.versionsFile),
      varsFile: join(context.root, options.varsFile),
    });
    const folder = join(context.root, pinsFolder);
    await mkdir(folder, { recursive: true });
    const containers = containersOf(context.projectGraph.nodes as GraphNodes).map((node) =>
      normalizeContainer(node.project, node.root, node.options),
    );
    const files = new Map(
      containers.map((container) => {
        const prefix = prefixOf(container);
        return [container.key, pinFileContent(imageOf(state, prefix), state.versions, prefix)];
      }),
    );
    for (const name of await readdir(folder)) if (!files.has(name)) await rm(join(folder, name), { recursive: true });
    await Promise.all([...files].map(([name, content]) => writeFile(join(folder, name), content)));
    console.log(`Read the pins of ${files.size} images from ${options.versionsFile}.`);
  });
}
