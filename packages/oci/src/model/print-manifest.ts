import { sha256Digest } from '../content/digest.js';
import type { StoredManifest } from './repository.js';

/** The bytes of a manifest or index with these fields, in their order, and its descriptor. */
export function printManifest(mediaType: string, fields: Readonly<Record<string, unknown>>): StoredManifest {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...fields }));
  return { descriptor: { mediaType, digest: sha256Digest(bytes), size: bytes.byteLength }, bytes };
}

/** Annotations as a field to print: in one order, so that the same ones give the same bytes; no field where there are none. */
export function annotationsField(annotations: Readonly<Record<string, string>> = {}): {
  readonly annotations?: Readonly<Record<string, string>>;
} {
  const sorted = Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.length > 0 ? { annotations: Object.fromEntries(sorted) } : {};
}
