import * as v from 'valibot';
import type { Digest } from '../content/descriptor.js';
import { OciError } from '../errors.js';
import { parseJson } from '../model/json.js';
import { MANIFEST_LIMIT_BYTES } from '../model/manifest.js';

const layoutSchema = v.object({ imageLayoutVersion: v.string() });

/** What the file `oci-layout` of a new layout holds (image-spec 1.1, image-layout.md, "oci-layout file"). */
export const LAYOUT_FILE = Buffer.from('{"imageLayoutVersion":"1.0.0"}');

/** Checks the bytes of an `oci-layout`. Throws `invalid`, and `unsupported` for another version of the format. */
export function checkLayoutFile(bytes: Uint8Array, name: string): void {
  const { imageLayoutVersion } = parseJson(bytes, layoutSchema, `${name}: oci-layout`, MANIFEST_LIMIT_BYTES);
  if (imageLayoutVersion.startsWith('1.')) return;
  throw new OciError('unsupported', `${name}: an OCI image layout of version ${imageLayoutVersion}; 1.0.0 can be read`);
}

/** Where a layout has a blob, from its root (image-spec 1.1, image-layout.md, "Blobs"). */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}
