import { isDeepStrictEqual } from 'node:util';
import { ImageVersionsError } from '../errors.js';
import type { ContainerSettings } from '../graph/container-settings.js';
import { cleanPath } from '../graph/context-inputs.js';
import type { ContainerSummary } from '../graph/graph-file.js';
import type { ContainerNode } from '../graph/nx-graph.js';
import { normalizeContainer } from '../options/container-options.js';

/**
 * Error `invalid`, which names each option, if the options of an image, as Nx merged them, are not those that its inputs were worked out
 * from: `createNodes` runs before the merge, and knows neither filters of `targetDefaults` nor `...` in a value.
 */
export function checkSettings(
  nodes: readonly ContainerNode[],
  containers: readonly Pick<ContainerSummary, 'root' | 'settings'>[],
): void {
  const byRoot = new Map(containers.map(({ root, settings }) => [root, settings]));
  const wrong = nodes.flatMap((node) => {
    const read = byRoot.get(node.root);
    if (read === undefined) return [];
    const merged = settingsOf(node);
    return (Object.keys(merged) as (keyof ContainerSettings)[])
      .filter((name) => !isDeepStrictEqual(merged[name], read[name]))
      .map(
        (name) =>
          `${name} of ${node.project}: Nx has ${JSON.stringify(merged[name])}, the plugin found ${JSON.stringify(read[name])}`,
      );
  });
  if (wrong.length === 0) return;
  throw new ImageVersionsError(
    'invalid',
    `Options of images that say what goes into them: expected those of project.json, package.json or targetDefaults, so that no change is missed; ${wrong.join('; ')}`,
    {
      hint: 'Write them out in the options of the publish-image target of the project: without "...", and not by a filter of targetDefaults.',
    },
  );
}

function settingsOf({ project, root, options }: ContainerNode): ContainerSettings {
  const { builder, context, dockerfile, buildArgs, buildx } = normalizeContainer(project, root, options);
  return {
    builder,
    context: cleanPath(context),
    dockerfile: cleanPath(dockerfile),
    buildArgs,
    buildContexts: buildx.contexts,
  };
}
