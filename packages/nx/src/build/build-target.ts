import { resolve } from 'node:path';
import type { ImageSource } from '@image-versions/oci';
import type { ExecutorContext } from '@nx/devkit';
import { ImageVersionsError } from '../errors.js';
import type { Builder, BuiltImage } from './builder.js';
import { openEngineImage } from './engine-image.js';
import { openFirst } from './open-first.js';

/** Has another target make the image, which then lies where the option `buildTargetImage` says. */
export function buildTargetBuilder(target: string, context: ExecutorContext): Builder {
  return {
    name: `target ${target}`,
    async build({ workspaceRoot, container, bases, signal }) {
      const { runExecutor, parseTargetString } = await import('@nx/devkit');
      const parsed = target.includes(':') ? parseTargetString(target, context) : { project: container.project, target };
      checkTarget(container.project, target, parsed, context);
      checkDependency(container.project, parsed.project, context);
      for await (const { success } of await runExecutor(parsed, {}, context)) {
        if (success) continue;
        throw new ImageVersionsError(
          'environment',
          `Target ${target}, which makes the image of ${container.project}, failed`,
          {
            hint: `Its output is above; run it alone with nx run ${parsed.project}:${parsed.target}.`,
          },
        );
      }
      const reference = container.buildTargetImage;
      const opened = await openMade(workspaceRoot, reference, signal);
      return {
        builder: `target ${parsed.project}:${parsed.target}`,
        reference,
        ...opened,
        bases: Object.fromEntries(bases),
        baseDiffIds: [],
        close: () => opened.images.close(),
      };
    },
  };
}

function checkTarget(
  project: string,
  written: string,
  parsed: { readonly project: string; readonly target: string },
  { projectGraph }: ExecutorContext,
): void {
  if (projectGraph.nodes[parsed.project]?.data.targets?.[parsed.target] !== undefined) return;
  throw new ImageVersionsError(
    'invalid',
    `buildTarget ${JSON.stringify(written)} of ${project}: there is no target ${parsed.target} in project ${parsed.project}`,
    {
      hint: `Set it to a target of ${project}, or to project:target; nx show project ${parsed.project} lists those there are.`,
    },
  );
}

/** Nx hashes a project with what it depends on, and selects it by that: changes of any other project would be missed. */
function checkDependency(project: string, maker: string, { projectGraph }: ExecutorContext): void {
  const reached = new Set([project]);
  for (const name of reached) {
    for (const { target } of projectGraph.dependencies[name] ?? []) reached.add(target);
  }
  if (reached.has(maker)) return;
  throw new ImageVersionsError(
    'invalid',
    `buildTarget of ${project}: ${maker} is no dependency of ${project}, so that its changes would be missed`,
    { hint: `Add "implicitDependencies": ["${maker}"] to the project.json of ${project}.` },
  );
}

/** A bare name is one of the engine: a target that makes an image leaves it there, or in a file. */
async function openMade(
  workspaceRoot: string,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<Pick<BuiltImage, 'images' | 'image' | 'source'>> {
  const { connectEngine, openImages, openOciLayout, parseImageSource } = await import('@image-versions/oci');
  const made = inWorkspace(parseImageSource(reference), workspaceRoot);
  if (made.kind === 'any' || made.kind === 'engine') {
    return openEngineImage(await connectEngine({ signal }), made.name);
  }
  const images = await openImages(made, { signal });
  const source = made.kind === 'oci-layout' ? openOciLayout(made.path) : undefined;
  return { images, image: await openFirst(images, signal), ...(source && { source }) };
}

/** Paths are written from the workspace root. */
function inWorkspace(source: ImageSource, workspaceRoot: string): ImageSource {
  return 'path' in source ? { ...source, path: resolve(workspaceRoot, source.path) } : source;
}
