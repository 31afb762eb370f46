import type { GitState } from '../git/git-state.js';
import type { ContainerSummary } from '../graph/graph-file.js';
import {
  baseToken,
  builderToken,
  filesToken,
  handedOver,
  requestToken,
  rulesToken,
  runToken,
  unknownBase,
} from '../options/token-names.js';
import type { VersionsRequest } from '../plan/fresh.js';
import type { BaseDigest } from './base-digests.js';
import type { ImageRequest } from './command-line.js';

export interface TokenFacts {
  readonly containers: readonly Pick<ContainerSummary, 'key' | 'bases'>[];
  readonly bases: ReadonlyMap<string, BaseDigest>;
  /** By the key of the container; one that is not there asks for nothing. */
  readonly requests: ReadonlyMap<string, VersionsRequest>;
  /** By the key of the container; see `fileTokens`. */
  readonly files: ReadonlyMap<string, string>;
  /** Version of the rules: another one decides anew. */
  readonly rules: string;
  /** What each builder of a container is on this machine, by its name in the options. */
  readonly builders: ReadonlyMap<string, string>;
  readonly request: ImageRequest;
  /** Of this run and no other. */
  readonly runId: string;
  readonly git: GitState;
  /** Of this process; read only to see what an earlier run set. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The environment that a run's tasks are hashed with and get. A variable that says nothing any more is set to the empty text, since a
 * daemon keeps what an earlier run set.
 */
export function tokens(facts: TokenFacts): Record<string, string> {
  const { request, git } = facts;
  const env: Record<string, string> = {
    [runToken]: request.isSpecial ? facts.runId : '',
    [rulesToken]: facts.rules,
    [handedOver.version]: request.version ?? '',
    [handedOver.tag]: request.tag ?? '',
    [handedOver.commit]: git.commit,
    [handedOver.changes]: git.changes,
    [handedOver.gitProblem]: git.problem,
  };
  for (const [name, version] of facts.builders) env[builderToken(name)] = version;
  for (const name of new Set(facts.containers.flatMap(({ bases }) => bases))) {
    const digest = facts.bases.get(name)?.digest ?? unknownBase;
    // What was not looked up may have moved: no record of an earlier run is for it.
    env[baseToken(name)] = digest === unknownBase ? `${unknownBase}, ${facts.runId}` : digest;
  }
  const say = (name: string, text: string) => {
    if (text !== '' || name in facts.environment) env[name] = text;
  };
  for (const { key } of facts.containers) {
    say(requestToken(key), requestText(facts.requests.get(key)));
    say(filesToken(key), facts.files.get(key) ?? '');
  }
  return env;
}

/** Nothing for most images. */
function requestText({ held, fresh }: VersionsRequest = { held: false, fresh: 0 }): string {
  return [held ? 'held' : '', fresh > 0 ? `fresh ${fresh}` : ''].filter(Boolean).join(', ');
}
