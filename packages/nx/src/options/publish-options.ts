import { ImageVersionsError } from '../errors.js';
import type { ContainerOptions } from './container-options.js';

/** As in a record; see `PublishMode` of the plan. */
export type WrittenMode = 'only_changed' | 'all' | 'pinned_only';

export interface PublishOptions extends ContainerOptions {
  /** Default `only_changed`. */
  mode?: WrittenMode;
  /** Decide and report; push and write nothing. Default false. */
  dryRun?: boolean;
  /** Publish under this tag in place of the commit's. */
  tag?: string | number;
}

export interface PublishRequest {
  readonly mode: WrittenMode;
  readonly dryRun: boolean;
  /** Unchecked. */
  readonly tag: string | undefined;
}

const modes: readonly WrittenMode[] = ['only_changed', 'all', 'pinned_only'];

/** `givenTag` is the tag as text on the command line: Nx makes a number of seven digits. Error `invalid` for any other mode. */
export function normalizePublish(written: PublishOptions, givenTag: string | undefined): PublishRequest {
  const mode = written.mode ?? 'only_changed';
  if (!modes.includes(mode)) {
    throw new ImageVersionsError(
      'invalid',
      `--mode: expected one of ${modes.join(', ')}; got ${JSON.stringify(mode)}`,
      {
        hint: 'only_changed publishes what changed, all publishes every image, pinned_only publishes pinned versions that are missing.',
      },
    );
  }
  const tag = givenTag || (written.tag === undefined ? undefined : String(written.tag));
  return { mode, dryRun: written.dryRun === true, tag };
}
