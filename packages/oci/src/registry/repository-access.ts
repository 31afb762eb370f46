import type { Session } from './session.js';

/** One repository of one registry, and the token scopes for it. */
export interface RepositoryAccess {
  readonly session: Session;
  /** `ghcr.io/acme/app`. */
  readonly name: string;
  /** `acme/app`. */
  readonly path: string;
  readonly pull: readonly string[];
  readonly push: readonly string[];
}

export function repositoryAccess(session: Session, path: string): RepositoryAccess {
  return {
    session,
    name: `${session.host}/${path}`,
    path,
    pull: [pullScope(path)],
    push: [`repository:${path}:pull,push`],
  };
}

/** What a token must allow to read a repository (distribution, "Token Scope Documentation"). */
export const pullScope = (path: string): string => `repository:${path}:pull`;
