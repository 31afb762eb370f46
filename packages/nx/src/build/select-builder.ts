import type { ExecutorContext } from '@nx/devkit';
import { ImageVersionsError } from '../errors.js';
import type { Container } from '../options/container-options.js';
import { auto } from './auto.js';
import { buildTargetBuilder } from './build-target.js';
import type { Builder } from './builder.js';
import { buildx } from './buildx.js';
import { docker } from './docker.js';
import { embedded } from './embedded.js';

/** The builder of a container: the target that it names, or what its option `builder` says. */
export function selectBuilder(container: Container, context: ExecutorContext): Builder {
  if (container.buildTarget !== undefined) return buildTargetBuilder(container.buildTarget, context);
  if (container.builder === 'buildx' || (container.builder === 'auto' && container.buildx.given.length > 0))
    return buildx;
  checkForOthers(container);
  if (container.builder === 'embedded') return embedded;
  return container.builder === 'auto' ? auto : docker;
}

/** Options that are left unheeded would give another image than the one asked for. */
function checkForOthers({ project, builder, buildx }: Container): void {
  if (buildx.given.length === 0) return;
  throw new ImageVersionsError(
    'invalid',
    `Options of project ${project}: only builder buildx knows ${buildx.given.join(', ')}; the builder is ${builder}`,
    { hint: 'Set builder to buildx, or leave them out.' },
  );
}
