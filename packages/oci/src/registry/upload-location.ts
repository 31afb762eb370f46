import { OciError } from '../errors.js';
import { type HttpResponse, resolveLocation } from './transport.js';

/** An upload that a registry has begun (distribution-spec 1.1, "Pushing blobs"). */
export interface Upload {
  readonly location: URL;
  /** The smallest chunk that the registry takes, if it says so. */
  readonly minChunkBytes: number;
}

/** Where to send the next part. */
export function nextLocation(response: HttpResponse, what: string): URL {
  const location = response.header('location');
  if (location === undefined) throw new OciError('invalid', `${what}: the registry names no location to upload to`);
  return resolveLocation(location, response.url, what);
}

/** The location that completes an upload; what the registry put into its query stays as it is. */
export function withDigest(location: URL, digest: string): URL {
  const url = new URL(location);
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  return url;
}
