import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { BuildRequest, BuiltImage } from '../build/builder.js';
import { selectBuilder } from '../build/select-builder.js';
import { ImageVersionsError } from '../errors.js';
import { parseDockerfile } from '../graph/dockerfile.js';
import { externalImages } from '../graph/dockerfile-values.js';
import type { Container } from '../options/container-options.js';
import { baseDigestIn } from '../options/token-names.js';

/** Builds a container's image. The builder's steps are printed; all that it says only if Nx is verbose or `prints` is `all`. */
export async function buildContainer(
  container: Container,
  context: ExecutorContext,
  options: Pick<BuildRequest, 'isFresh' | 'keeps' | 'mayPush' | 'signal'> & { readonly prints: 'steps' | 'all' },
): Promise<BuiltImage> {
  const builder = selectBuilder(container, context);
  const printsAll = options.prints === 'all' || process.env.NX_VERBOSE_LOGGING === 'true';
  return builder.build({
    workspaceRoot: context.root,
    container,
    isFresh: options.isFresh,
    keeps: options.keeps,
    mayPush: options.mayPush,
    signal: options.signal,
    bases: await basesOf(container, context.root),
    onOutput: (line) => {
      if (printsAll || /^(Step \d+\/\d+|STEP \d+\/\d+|#\d+ \[|Pulling |Building )/.test(line)) console.log(line);
    },
  });
}

/** The bases of a container, with what the hook found under them; `unknown` where it did not run or could not tell. */
async function basesOf(container: Container, root: string): Promise<Map<string, string>> {
  if (container.buildTarget !== undefined) return new Map();
  const text = await readFile(join(root, container.dockerfile), 'utf8').catch((cause: unknown) => {
    throw new ImageVersionsError(
      'invalid',
      `Read ${container.dockerfile} of ${container.project}: ${(cause as Error).message}`,
      {
        hint: 'Set the option dockerfile of its publish-image target, from the workspace root.',
        cause,
      },
    );
  });
  const references = externalImages(await parseDockerfile(text), container.buildArgs, container.buildx.contexts);
  return new Map(references.map((reference) => [reference, baseDigestIn(process.env, reference)]));
}
