import { setTimeout as wait } from 'node:timers/promises';
import { OciError } from '../errors.js';
import { isRegistryHost } from '../reference/image-reference.js';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One HTTP request that was sent, redirects, tokens and retries included. The URL has no secrets. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
}

/** How one host's certificate is checked. */
export interface RegistryTls {
  /** Certificates (PEM) that are trusted for this host besides those that Node brings along. */
  readonly certificates?: string;
  /** Default true. Without the check anyone in between can read the credentials. */
  readonly isChecked?: boolean;
}

/** What a caller may choose. Everything has a default. */
export interface RegistryClientOptions {
  /** Default `process.env`. Read for credentials, proxies, and `IMAGE_VERSIONS_INSECURE_REGISTRIES`. */
  readonly env?: Environment;
  /** Hosts (with port) that are spoken to by plain HTTP, besides loopback and those named in the environment. */
  readonly insecureRegistries?: readonly string[];
  /** By host (with port), for registries with a certificate of their own; they are spoken to by HTTPS, on loopback too. */
  readonly tls?: ReadonlyMap<string, RegistryTls>;
  /** The host that credentials in the environment are for, where `IMAGE_VERSIONS_REGISTRY_HOST` does not say. */
  readonly credentialsHost?: string;
  /** Requests at once, streams of blobs not counted; default 16. */
  readonly concurrency?: number;
  /** Blobs uploaded at once; default 4. */
  readonly uploads?: number;
  /** Tries after the first that failed in passing (429, 5xx, reset); default 4. */
  readonly retries?: number;
  /** Longest wait that a `Retry-After` may ask for; a longer one is an error at once. Default 60 s. */
  readonly maxRetryAfterMs?: number;
  /** From the request's last byte to the answer's headers; default 60 s. At the end of an upload longer, by the blob's size. */
  readonly headersTimeoutMs?: number;
  /** Longest silence within a body; default 60 s. */
  readonly bodyTimeoutMs?: number;
  /** Blobs larger than this are uploaded in chunks; default 4 GiB (a few stores take no larger single PUT). */
  readonly chunkedAboveBytes?: number;
  /** Default 16 MiB; held in memory. The registry may ask for more (`OCI-Chunk-Min-Length`), up to 128 MiB. */
  readonly chunkBytes?: number;
  /** Called for each HTTP request. */
  readonly onRequest?: (request: SentRequest) => void;
  /** Default `Math.random`; spreads retries. */
  readonly random?: () => number;
  /** Milliseconds since 1970; default `Date.now`. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** What the code gets: all present. */
export interface RegistrySettings
  extends Required<Omit<RegistryClientOptions, 'insecureRegistries' | 'credentialsHost'>> {
  readonly insecure: ReadonlySet<string>;
  readonly credentialsHost: string | undefined;
}

/** Fills in defaults. Throws `invalid` for hosts that are none. */
export function normalizeOptions(options: RegistryClientOptions): RegistrySettings {
  const env = options.env ?? process.env;
  const named = (env.IMAGE_VERSIONS_INSECURE_REGISTRIES ?? '').split(',').map((host) => host.trim());
  const insecure = [...named.filter((host) => host !== ''), ...(options.insecureRegistries ?? [])];
  for (const host of insecure) {
    if (isRegistryHost(host)) continue;
    throw new OciError(
      'invalid',
      `insecure registry ${JSON.stringify(host)}: expected a host, with or without a port`,
      {
        hint: 'It is named in IMAGE_VERSIONS_INSECURE_REGISTRIES or in the option insecureRegistries.',
      },
    );
  }
  return {
    env,
    insecure: new Set(insecure.map((host) => host.toLowerCase())),
    credentialsHost: options.credentialsHost,
    tls: new Map([...(options.tls ?? [])].map(([host, tls]) => [host.toLowerCase(), tls])),
    concurrency: options.concurrency ?? 16,
    uploads: options.uploads ?? 4,
    retries: options.retries ?? 4,
    maxRetryAfterMs: options.maxRetryAfterMs ?? 60_000,
    headersTimeoutMs: options.headersTimeoutMs ?? 60_000,
    bodyTimeoutMs: options.bodyTimeoutMs ?? 60_000,
    chunkedAboveBytes: options.chunkedAboveBytes ?? 4 * 1024 ** 3,
    chunkBytes: options.chunkBytes ?? 16 * 1024 ** 2,
    onRequest: options.onRequest ?? (() => {}),
    random: options.random ?? Math.random,
    now: options.now ?? Date.now,
    sleep:
      options.sleep ?? (async (ms, signal) => void (await wait(ms, undefined, signal === undefined ? {} : { signal }))),
  };
}
