import type { BlobDescriptor } from '../content/descriptor.js';
import { verifiedStream } from '../content/verified-stream.js';
import { isOciError } from '../errors.js';
import type { RequestOptions } from '../model/repository.js';
import { hasBlob } from './blobs.js';
import { uploadInChunks } from './chunked-upload.js';
import { pullScope, type RepositoryAccess } from './repository-access.js';
import { retrying } from './retry.js';
import type { HttpResponse } from './transport.js';
import { completion, nextLocation, type Start, type Upload } from './upload-requests.js';

/**
 * Stores a blob unless it is there: by one PUT, or in chunks if it is large or the registry refuses it as too large.
 * The bytes are checked while they are sent, so wrong ones are never completed. A failure in passing begins the upload anew, unless it
 * was complete and only the answer was lost.
 */
export async function pushBlob(
  access: RepositoryAccess,
  descriptor: BlobDescriptor,
  open: () => AsyncIterable<Uint8Array>,
  { signal }: RequestOptions,
): Promise<void> {
  const { session } = access;
  const isThere = () => hasBlob(access, descriptor, { ...(signal && { signal }), toPush: true });
  if (await isThere()) return;
  const what = `upload of ${access.name}@${descriptor.digest}`;
  const upload: Upload = {
    session,
    blob: descriptor,
    content: () => verifiedStream(open(), descriptor, what),
    common: { scopes: access.push, signal, what, once: true },
  };
  const start = () => beginUpload(access, upload);
  const inChunks = async () => uploadInChunks(upload, await start());
  const large = descriptor.size > session.settings.chunkedAboveBytes;
  let tries = 0;
  await session.uploads(() =>
    retrying(session.settings, signal, async () => {
      tries += 1;
      if (tries > 1 && (await isThere())) return;
      if (large) return inChunks();
      try {
        await uploadAtOnce(upload, await start());
      } catch (error) {
        if (!isOciError(error, 'limit') || descriptor.size === 0) throw error;
        await inChunks();
      }
    }),
  );
}

/**
 * Asks the registry to take a blob over from another of its repositories. False if it would rather have it uploaded, does not let us
 * read there, or fails: how one says that it does not know how differs, and what keeps it from all else shows in the upload.
 */
export async function mountBlob(
  access: RepositoryAccess,
  { digest }: BlobDescriptor,
  from: string,
  { signal }: RequestOptions,
): Promise<boolean> {
  const { session } = access;
  const source = from.startsWith(`${session.host}/`) ? from.slice(session.host.length + 1) : undefined;
  if (source === undefined) return false;
  const url = `/v2/${access.path}/blobs/uploads/?${new URLSearchParams({ mount: digest, from: source })}`;
  const scopes = [...access.push, pullScope(source)];
  const what = `mount of ${access.name}@${digest} from ${from}`;
  try {
    return await session.run(
      { method: 'POST', url, scopes, expect: [201, 202], signal, what, body: () => '' },
      async (response) => {
        await response.discard();
        if (response.status === 202) await cancel(access, response, what, signal);
        return response.status === 201;
      },
    );
  } catch (error) {
    if (isOciError(error) && error.code !== 'aborted') return false;
    throw error;
  }
}

async function beginUpload({ path }: RepositoryAccess, { session, common }: Upload): Promise<Start> {
  const request = { ...common, method: 'POST', url: `/v2/${path}/blobs/uploads/`, body: () => '' } as const;
  return session.run({ ...request, expect: [202] }, async (response) => {
    await response.discard();
    const minimum = Number(response.header('oci-chunk-min-length') ?? 0);
    return {
      location: nextLocation(response, common.what),
      minChunkBytes: Number.isSafeInteger(minimum) ? minimum : 0,
    };
  });
}

async function uploadAtOnce(upload: Upload, { location }: Start): Promise<void> {
  const { session, blob, content } = upload;
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) };
  const body = blob.size === 0 ? () => '' : content;
  await session.run({ ...completion(upload, location), headers, body }, (response) => response.discard());
}

/** A registry forgets begun uploads by itself; this only spares it the wait. */
async function cancel(
  access: RepositoryAccess,
  response: HttpResponse,
  what: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const url = response.header('location') === undefined ? undefined : nextLocation(response, what);
  if (url === undefined) return;
  const request = { method: 'DELETE', url, scopes: access.push, expect: [202, 204], signal, what, once: true } as const;
  await access.session.run(request, (answer) => answer.discard()).catch(() => undefined);
}
