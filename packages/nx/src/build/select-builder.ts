import type { ExecutorContext } from '@nx/devkit';
import type { Container } from '../options/container-options.js';
import { buildTargetBuilder } from './build-target.js';
import type { Builder } from './builder.js';
import { docker } from './docker.js';

/** The builder of a container: the target that it names, or what its option `builder` says. */
export function selectBuilder(container: Container, context: ExecutorContext): Builder {
  if (container.buildTarget !== undefined) return buildTargetBuilder(container.buildTarget, context);
  return docker;
}
