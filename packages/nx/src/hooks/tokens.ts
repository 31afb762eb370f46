import { createHash } from 'node:crypto';
import type { GitState } from '../git/git-state.js';
import type { ContainerSummary } from '../graph/graph-file.js';
import { baseToken, handedOver, runToken } from '../options/container-key.js';
import type { VersionsRequest } from '../plan/fresh.js';
import type { BaseDigest } from './base-digests.js';
import type { ImageRequest } from './command-line.js';

export interface TokenFacts {
  readonly containers: readonly ContainerSummary[];
  readonly bases: ReadonlyMap<string, BaseDigest>;
  /** By the key of the container; one that is not there asks for nothing. */
  readonly requests: ReadonlyMap<string, VersionsRequest>;
  /** Version of the rules and of the builder: another one decides anew. */
  readonly rules: string;
  readonly request: ImageRequest;
  /** Of this run and no other. */
  readonly runId: string;
  readonly git: GitState;
}

/**
 * The environment that a run's tasks are hashed with and get. Every variable is given each time: a daemon keeps what the run before
 * has set.
 */
export function tokens(facts: TokenFacts): Record<string, string> {
  const { request, git } = facts;
  const env: Record<string, string> = {
    [runToken]: request.isSpecial ? facts.runId : '',
    [handedOver.bases]: JSON.stringify(
      Object.fromEntries([...facts.bases].map(([name, { digest }]) => [name, digest])),
    ),
    [handedOver.version]: request.version ?? '',
    [handedOver.tag]: request.tag ?? '',
    [handedOver.commit]: git.commit,
    [handedOver.dirty]: String(git.dirty),
    [handedOver.gitProblem]: git.problem,
  };
  for (const { key, bases, unresolved } of facts.containers) {
    const parts = bases.map((name) => `${name}=${facts.bases.get(name)?.digest ?? 'unknown'}`);
    const { held, fresh } = facts.requests.get(key) ?? { held: false, fresh: 0 };
    const text = [facts.rules, ...parts, ...unresolved, `held=${held} fresh=${fresh}`].join('\n');
    env[baseToken(key)] = createHash('sha256').update(text).digest('hex').slice(0, 16);
  }
  return env;
}
