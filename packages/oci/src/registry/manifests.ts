import type { Descriptor, Digest } from '../content/descriptor.js';
import { isDigest, parseDigest, sha256Digest, splitDigest } from '../content/digest.js';
import { MANIFEST_MEDIA_TYPES } from '../content/media-types.js';
import { verifyBytes } from '../content/verified-stream.js';
import { OciError } from '../errors.js';
import { MANIFEST_LIMIT_BYTES } from '../model/manifest.js';
import type { LookUpOptions, RequestOptions, StoredManifest } from '../model/repository.js';
import { isTag } from '../reference/image-reference.js';
import type { RepositoryAccess } from './repository-access.js';
import type { HttpResponse } from './transport.js';

const ACCEPT = MANIFEST_MEDIA_TYPES.join(', ');

/** By HEAD; by GET where the answer does not name digest, size and type. `undefined` if the registry says it is not there. */
export async function resolveManifest(
  access: RepositoryAccess,
  reference: string,
  { signal, toPush }: LookUpOptions,
): Promise<Descriptor | undefined> {
  const { what, url } = target(access, reference);
  const scopes = toPush ? access.push : access.pull;
  const request = { method: 'HEAD', url, headers: { accept: ACCEPT }, scopes, signal, what } as const;
  const head = await access.session.run({ ...request, expect: [200, 404, 405] }, async (response) => {
    await response.discard();
    return response.status === 404 ? 'absent' : describeHead(response, reference, what);
  });
  if (head === 'absent') return undefined;
  if (head !== undefined) return head;
  try {
    return (await fetchManifest(access, reference, { ...(signal && { signal }) })).descriptor;
  } catch (error) {
    if (error instanceof OciError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** The bytes as stored, checked against the digest asked for and the one in the header. */
export async function fetchManifest(
  access: RepositoryAccess,
  reference: string,
  { signal }: RequestOptions,
): Promise<StoredManifest> {
  const { what, url } = target(access, reference);
  const request = { method: 'GET', url, headers: { accept: ACCEPT }, scopes: access.pull, signal, what } as const;
  return access.session.run({ ...request, expect: [200] }, async (response) => {
    const bytes = await response.bytes(MANIFEST_LIMIT_BYTES);
    const named = response.header('docker-content-digest');
    const digests = [...(isDigest(reference) ? [reference] : []), ...(isDigest(named) ? [named] : [])];
    for (const digest of digests) verifyBytes(bytes, { digest }, what);
    const digest = digests[0] ?? sha256Digest(bytes);
    return { descriptor: { mediaType: mediaTypeOf(bytes, response), digest, size: bytes.byteLength }, bytes };
  });
}

/** Stores bytes under a tag or their digest. The registry's own digest of them is compared. Gives the answer's headers. */
export async function putManifest(
  access: RepositoryAccess,
  { descriptor, bytes }: StoredManifest,
  tag: string | undefined,
  { signal }: RequestOptions,
): Promise<{ readonly subjectSeen: boolean }> {
  const { what, url } = target(access, tag ?? descriptor.digest);
  verifyBytes(bytes, descriptor, `${what}, to be pushed`);
  const request = {
    method: 'PUT',
    url,
    headers: { 'content-type': descriptor.mediaType },
    body: () => bytes,
    scopes: access.push,
    signal,
    what,
  } as const;
  return access.session.run({ ...request, expect: [200, 201, 202] }, async (response) => {
    await response.discard();
    const named = response.header('docker-content-digest');
    if (isDigest(named) && isOfOneAlgorithm(named, descriptor.digest) && named !== descriptor.digest) {
      throw new OciError('mismatch', `${what}: ${descriptor.digest} was pushed, the registry stored ${named}`, {
        facts: { expected: descriptor.digest, actual: named },
      });
    }
    return { subjectSeen: response.header('oci-subject') !== undefined };
  });
}

function target(access: RepositoryAccess, reference: string): { what: string; url: string } {
  const digest = reference.includes(':') ? parseDigest(reference, access.name) : undefined;
  if (digest === undefined && !isTag(reference)) {
    throw new OciError(
      'invalid',
      `${access.name}: ${JSON.stringify(reference.slice(0, 150))} is neither a tag nor a digest`,
    );
  }
  const what = `manifest ${access.name}${digest === undefined ? ':' : '@'}${reference}`;
  return { what, url: `/v2/${access.path}/manifests/${reference}` };
}

function describeHead(response: HttpResponse, reference: string, what: string): Descriptor | undefined {
  const digest = response.header('docker-content-digest');
  const size = response.header('content-length');
  const mediaType = mediaTypeHeader(response);
  if (response.status !== 200 || digest === undefined || size === undefined || mediaType === undefined)
    return undefined;
  if (isDigest(reference) && isDigest(digest) && digest !== reference) {
    // The same bytes by another algorithm: only the bytes can tell.
    if (!isOfOneAlgorithm(digest, reference)) return undefined;
    throw new OciError('mismatch', `${what}: the registry answered with another digest, ${digest}`, {
      facts: { expected: reference, actual: digest },
    });
  }
  return /^\d+$/.test(size) && isDigest(digest) ? { mediaType, digest, size: Number(size) } : undefined;
}

const isOfOneAlgorithm = (a: Digest, b: Digest): boolean => splitDigest(a).algorithm === splitDigest(b).algorithm;

function mediaTypeHeader(response: HttpResponse): string | undefined {
  const type = response.header('content-type')?.split(';')[0]?.trim();
  return type === undefined || !type.startsWith('application/vnd.') ? undefined : type;
}

/** The header's type; where that says nothing, what the document says of itself. Parsing it judges whether they agree. */
function mediaTypeOf(bytes: Uint8Array, response: HttpResponse): string {
  const header = mediaTypeHeader(response);
  if (header !== undefined) return header;
  try {
    const { mediaType } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { mediaType?: unknown };
    if (typeof mediaType === 'string') return mediaType;
  } catch {
    // Not JSON: the parser of manifests says so, with the name of what was asked for.
  }
  return response.header('content-type') ?? 'application/octet-stream';
}
