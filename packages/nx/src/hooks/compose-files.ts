import { join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import { type Composition, compose } from '../plan/compose.js';
import { tagsToResolve } from '../plan/compose-records.js';
import type { ContainerImage, VersionsState } from '../store/state.js';
import { updateVersionFiles } from '../store/version-files.js';
import type { ResolveTag } from './early-tags.js';
import type { RunOutcomes } from './read-outcomes.js';

export interface ComposeRequest {
  readonly workspaceRoot: string;
  /** From the workspace root. */
  readonly versionsFile: string;
  readonly varsFile: string;
  readonly workspace: readonly ContainerImage[];
  readonly outcomes: RunOutcomes;
  readonly now: Date;
  readonly resolve: ResolveTag;
}

/**
 * Brings the version files up to what a run found. The tags of restored records are asked of the registry at once. What can't be
 * asked, or is not as recorded, leaves that one image as it was and is among the errors.
 */
export async function composeFiles(request: ComposeRequest): Promise<Composition> {
  const { workspaceRoot, workspace, outcomes } = request;
  const answers = new Map<string, Promise<string | undefined>>();
  const ask = (image: string, tag: string) => {
    const key = `${image}:${tag}`;
    const answer = answers.get(key) ?? request.resolve(image, tag);
    answers.set(key, answer);
    return answer;
  };
  const paths = {
    versionsFile: join(workspaceRoot, request.versionsFile),
    varsFile: join(workspaceRoot, request.varsFile),
  };
  return updateVersionFiles(paths, async (state: VersionsState) => {
    const errors: ImageVersionsError[] = [];
    const unknown = new Set<string>();
    const resolved = new Map<string, string | undefined>();
    const facts = { workspace, records: outcomes.records, restored: outcomes.restored };
    await Promise.all(
      tagsToResolve(state, facts).map(async ({ image, version, isOptional }) => {
        try {
          resolved.set(`${image}:${version}`, await ask(image, version));
        } catch (cause) {
          if (isOptional) return;
          unknown.add(image);
          errors.push(unknownTag(image, version, cause));
        }
      }),
    );
    const composition = compose(state, {
      ...facts,
      records: outcomes.records.filter(({ image }) => !unknown.has(image)),
      pins: outcomes.pins,
      unpins: outcomes.unpins,
      resolved,
      now: request.now,
    });
    return { ...composition, errors: [...outcomes.errors, ...errors, ...composition.errors] };
  });
}

function unknownTag(image: string, version: string, cause: unknown): ImageVersionsError {
  const { message, hint } = cause as { message: string; hint?: string };
  return new ImageVersionsError('environment', `Look up ${image}:${version}, which it stands at: ${message}`, {
    hint: hint ?? 'Run it again once the registry answers.',
    cause,
  });
}
