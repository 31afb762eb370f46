import type { BlobDescriptor } from '../content/descriptor.js';
import { parseDigest } from '../content/digest.js';
import { verifiedStream } from '../content/verified-stream.js';
import { OciError } from '../errors.js';
import type { LookUpOptions, RequestOptions } from '../model/repository.js';
import type { RepositoryAccess } from './repository-access.js';
import { pauseBeforeRetry, TransientFailure } from './retry.js';
import type { HttpResponse } from './transport.js';

/** Progress after which a stream that breaks again has all its retries anew. */
const PROGRESS_BYTES = 1024 * 1024;

/** By HEAD. */
export async function hasBlob(
  access: RepositoryAccess,
  { digest }: BlobDescriptor,
  { signal, toPush }: LookUpOptions,
): Promise<boolean> {
  const { what, url } = target(access, digest);
  const scopes = toPush ? access.push : access.pull;
  const request = { method: 'HEAD', url, scopes, signal, what } as const;
  return access.session.run({ ...request, expect: [200, 404] }, async (response) => {
    await response.discard();
    return response.status === 200;
  });
}

/** Streams a blob, checked; where the connection breaks it goes on from there (`Range`, or skipping where that is ignored). */
export async function fetchBlob(
  access: RepositoryAccess,
  descriptor: BlobDescriptor,
  { signal }: RequestOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const { what, url } = target(access, descriptor.digest);
  const open = (offset: number): Promise<HttpResponse> => {
    const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const request = { method: 'GET', url, headers, scopes: access.pull, signal, what } as const;
    return access.session.run({ ...request, expect: offset === 0 ? [200] : [200, 206] }, async (response) => response);
  };
  return verifiedStream(resuming(await open(0), open, access, descriptor, what, signal), descriptor, what);
}

async function* resuming(
  first: HttpResponse,
  open: (offset: number) => Promise<HttpResponse>,
  { session }: RepositoryAccess,
  { size }: BlobDescriptor,
  what: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let response = first;
  let received = 0;
  let receivedAtFailure = 0;
  let tried = 0;
  for (;;) {
    let toSkip = received - startOf(response, received, what);
    try {
      for await (const chunk of response.body) {
        const fresh = chunk.subarray(Math.min(toSkip, chunk.byteLength));
        toSkip -= chunk.byteLength - fresh.byteLength;
        if (fresh.byteLength === 0) continue;
        received += fresh.byteLength;
        yield fresh;
      }
      return;
    } catch (failure) {
      if (!(failure instanceof TransientFailure)) throw failure;
      if (received >= size) return;
      if (received - receivedAtFailure >= PROGRESS_BYTES) tried = 0;
      receivedAtFailure = received;
      await pauseBeforeRetry(session.settings, signal, failure, tried++);
      response = await open(received);
    }
  }
}

/** The offset of a body's first byte. */
function startOf(response: HttpResponse, asked: number, what: string): number {
  if (response.status === 200) return 0;
  const range = response.header('content-range');
  const start = Number(/^bytes (\d+)-/.exec(range ?? '')?.[1] ?? Number.NaN);
  if (start === asked) return start;
  throw new OciError('invalid', `${what}: asked for bytes from ${asked} on, got the range ${JSON.stringify(range)}`);
}

function target(access: RepositoryAccess, digest: string): { what: string; url: string } {
  const checked = parseDigest(digest, `blob of ${access.name}`);
  return { what: `blob ${access.name}@${checked}`, url: `/v2/${access.path}/blobs/${checked}` };
}
