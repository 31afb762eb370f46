/** How the registry asks who one is. */
export type TestRegistryAuth = 'none' | 'basic' | 'bearer';

/** What to do wrong, and when. The first fault that fits a request and is not used up is taken. */
export interface Fault {
  readonly method?: string;
  /** Part of the path. */
  readonly path?: string | RegExp;
  /** How many requests it hits; default 1. */
  readonly times?: number;
  /** Answers with this instead. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Breaks the connection: before anything is done, when it is done and not answered, or after this many bytes of the answer's body. */
  readonly cutAfterBytes?: number | 'headers' | 'doing';
  /** Takes this many bytes of what is sent, and breaks the connection. */
  readonly keepBytes?: number;
  /** Sends this many bytes of the answer's body, and then nothing more. */
  readonly stallAfterBytes?: number;
  /** Changes the body that would be answered, keeping headers. */
  readonly corrupt?: (body: Uint8Array) => Uint8Array;
  /** Leaves these headers out of the answer. */
  readonly dropHeaders?: readonly string[];
  /** Waits before answering. */
  readonly delayMs?: number;
}

export interface TestRegistryOptions {
  /** Default `none`. */
  readonly auth?: TestRegistryAuth;
  /** Default `user` and `secret`. */
  readonly username?: string;
  readonly password?: string;
  /** Taken at the token service instead of user and password. */
  readonly identityToken?: string;
  /** Whether tokens to pull are given to anyone; default false. */
  readonly anonymousPull?: boolean;
  /** Whether a token to pull alone is good for nothing in a repository that is not there yet, as Quay's; default false. */
  readonly hidesMissing?: boolean;
  /** Of tokens; default 300. */
  readonly expiresIn?: number;
  readonly faults?: readonly Fault[];
  /** Tags a page; default 1000. */
  readonly pageSize?: number;
  /** Whether it has the referrers API; default true. */
  readonly referrers?: boolean;
  /** Sent as `OCI-Chunk-Min-Length`. */
  readonly minChunkBytes?: number;
  /** Of the answer to a chunk; default 202. */
  readonly chunkStatus?: number;
  /** Larger single PUTs are answered with 413. */
  readonly maxPutBytes?: number;
  /** Ignores `Range`; default false. */
  readonly noRanges?: boolean;
  /** Answers blobs with a redirect to this origin (the same path). */
  readonly redirectBlobsTo?: string;
}
