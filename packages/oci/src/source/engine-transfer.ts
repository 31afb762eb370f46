import type { Digest } from '../content/descriptor.js';
import { isDigest } from '../content/digest.js';
import { OciError } from '../errors.js';
import type { EngineAuth, EngineClient } from './engine-client.js';
import { codeOfEngineMessage, hints } from './engine-error.js';
import { engineEvents, eventError } from './engine-events.js';
import { splitEngineName } from './engine-name.js';

/** How far the engine is with one layer. Sizes in bytes. */
export interface TransferProgress {
  /** The layer's short ID; empty for what concerns the whole image. */
  readonly id: string;
  readonly status: string;
  readonly current: number | undefined;
  readonly total: number | undefined;
}

export interface TransferOptions {
  /** For the registry in the name; none means that none are sent, not that the engine looks for some. */
  readonly auth?: EngineAuth;
  /** Such as `linux/arm64`; for `pull`. */
  readonly platform?: string;
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly signal?: AbortSignal;
}

/** Plain HTTP to this machine, which Docker's engine tries by itself and Podman does only when told. */
const isLoopback = (repository: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?\//.test(repository);

/** Has the engine fetch an image. Errors: `not-found`, `unauthorized`, `forbidden`, `rate-limited`, `unreachable`, `aborted`. */
export async function pullImage(
  client: EngineClient,
  kind: 'docker' | 'podman',
  reference: string,
  options: TransferOptions,
): Promise<void> {
  const { repository, tag, digest } = splitEngineName(reference);
  const tried = `pull ${reference}`;
  const platform = options.platform;
  // Podman's own API, since in Docker's there it can't be told (4.3).
  const request =
    kind === 'podman' && isLoopback(repository)
      ? { path: '/v4.0.0/libpod/images/pull', query: { reference, tlsVerify: false, ...libpodPlatform(platform) } }
      : { path: '/images/create', query: { fromImage: repository, tag: digest ?? tag ?? 'latest', platform } };
  await transfer(client, request, tried, 'invalid', options);
}

function libpodPlatform(platform: string | undefined) {
  const [OS, Arch, Variant] = platform?.split('/') ?? [];
  return { OS, Arch, Variant };
}

/**
 * Has the engine push a tag, and gives the digest of the manifest that it made.
 * Errors: `not-found` where the engine has no such image; what the registry said; else `push-failed`.
 */
export async function pushImage(client: EngineClient, reference: string, options: TransferOptions): Promise<Digest> {
  const { repository, tag } = splitEngineName(reference);
  const tried = `push ${reference}`;
  // Docker's engine has no such parameter.
  const tlsVerify = isLoopback(repository) ? false : undefined;
  const request = { path: `/images/${repository}/push`, query: { tag: tag ?? 'latest', tlsVerify } };
  const digest = await transfer(client, request, tried, 'push-failed', options);
  if (digest !== undefined) return digest;
  throw new OciError('push-failed', `Could not ${tried}: the engine reported neither an error nor a digest.`, {
    hint: 'Look whether the tag is in the registry, and push again.',
  });
}

async function transfer(
  client: EngineClient,
  request: { readonly path: string; readonly query: Readonly<Record<string, unknown>> },
  tried: string,
  otherwise: 'invalid' | 'push-failed',
  { auth, onProgress, signal }: TransferOptions,
): Promise<Digest | undefined> {
  const stream = await client.stream({ method: 'POST', ...request, auth: auth ?? null, signal, tried });
  let digest: Digest | undefined;
  let failure: string | undefined;
  for await (const event of engineEvents(stream, tried, signal)) {
    failure ??= eventError(event);
    digest = digestOfEvent(event.aux, event.status) ?? digest;
    const { current, total } = event.progressDetail ?? {};
    if (event.status !== undefined) onProgress?.({ id: event.id ?? '', status: event.status, current, total });
  }
  if (failure === undefined) return digest;
  const code = codeOfEngineMessage(failure, otherwise);
  throw new OciError(code, `Could not ${tried}: ${failure}`, { hint: hints[code] });
}

/** Docker says it in `aux`; Podman (4.3) only as `latest: digest: sha256:… size: 123`. */
function digestOfEvent(aux: unknown, status: string | undefined): Digest | undefined {
  const digest = (aux as { Digest?: unknown } | undefined)?.Digest ?? / digest: (\S+) size: /.exec(status ?? '')?.[1];
  return isDigest(digest) ? digest : undefined;
}
