import type { BlobDescriptor } from '../content/descriptor.js';
import { OciError } from '../errors.js';
import type { Session, SessionRequest } from './session.js';
import { type HttpResponse, resolveLocation } from './transport.js';

/** A blob on its way to a registry. */
export interface Upload {
  readonly session: Session;
  readonly blob: BlobDescriptor;
  /** Its bytes, from the beginning; they are checked while they are read. */
  readonly content: () => AsyncIterable<Uint8Array>;
  /** What all requests of the upload have in common. */
  readonly common: Pick<SessionRequest, 'scopes' | 'signal' | 'what' | 'once'>;
}

/** What the registry says when an upload begins (distribution-spec 1.1, "Pushing blobs"). */
export interface Start {
  readonly location: URL;
  /** The smallest chunk that the registry takes, if it says so. */
  readonly minChunkBytes: number;
}

/** What a slow registry hashes and copies of a blob in a millisecond, before it says that it has it. */
const STORED_BYTES_PER_MS = 10_000;

/** The request that completes an upload, at this location; its answer may take the longer the larger the blob is. */
export function completion({ session, blob, common }: Upload, location: URL) {
  const answerTimeoutMs = session.settings.headersTimeoutMs + blob.size / STORED_BYTES_PER_MS;
  const url = withDigest(location, blob.digest);
  return { ...common, method: 'PUT', url, expect: [201, 204], answerTimeoutMs } as const;
}

/** Where to send the next part. */
export function nextLocation(response: HttpResponse, what: string): URL {
  const location = response.header('location');
  if (location === undefined) throw new OciError('invalid', `${what}: the registry names no location to upload to`);
  return resolveLocation(location, response.url, what);
}

/** The location that completes an upload; what the registry put into its query stays as it is. */
function withDigest(location: URL, digest: string): URL {
  const url = new URL(location);
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  return url;
}
