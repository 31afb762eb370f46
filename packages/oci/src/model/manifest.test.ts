import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MEDIA_TYPES } from '../content/media-types.js';
import { isOciError } from '../errors.js';
import {
  assertImageManifest,
  MANIFEST_LIMIT_BYTES,
  parseIndex,
  parseManifest,
  parseManifestOrIndex,
} from './manifest.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const config = { mediaType: MEDIA_TYPES.ociConfig, digest: DIGEST, size: 2 };
const layer = { mediaType: MEDIA_TYPES.ociLayerGzip, digest: DIGEST, size: 3 };
const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const ociManifest = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: [layer] };
const ociIndex = {
  schemaVersion: 2,
  mediaType: MEDIA_TYPES.ociIndex,
  manifests: [{ ...config, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } }],
};

const code = (code: string, text: string) => expect.objectContaining({ code, message: expect.stringContaining(text) });

describe('parseManifestOrIndex', () => {
  it('reads an OCI manifest', () => {
    const parsed = parseManifest(bytes({ ...ociManifest, annotations: { constructor: 'x', ['__proto__']: 'y' } }));
    expect(parsed).toMatchObject({ kind: 'manifest', config, layers: [layer] });
    expect(Object.keys(parsed.annotations)).toEqual(['constructor', '__proto__']);
  });

  it('reads a Docker manifest by its content type alone', () => {
    const { mediaType: _, ...bare } = ociManifest;
    expect(parseManifest(bytes(bare), `${MEDIA_TYPES.dockerManifest}; charset=utf-8`).mediaType).toBe(
      MEDIA_TYPES.dockerManifest,
    );
  });

  it('reads an index, with platforms', () => {
    expect(parseIndex(bytes(ociIndex), 'application/json').manifests[0]?.platform).toEqual({
      os: 'linux',
      architecture: 'arm64',
      variant: 'v8',
    });
  });

  it('takes null for absent, as Go writes it', () => {
    expect(parseManifest(bytes({ ...ociManifest, layers: null, annotations: null })).layers).toEqual([]);
  });

  it('reads fields in any case, as engines do', () => {
    const { config: own, layers, ...rest } = ociManifest;
    expect(
      parseManifest(bytes({ ...rest, Config: { ...own, digest: undefined, Digest: DIGEST }, LAYERS: layers })),
    ).toMatchObject({ config: own, layers });
  });

  it.each([
    ['a field in two spellings', { ...ociManifest, Config: config }, undefined, 'two spellings'],
    [
      'both kinds of field in another case',
      { ...ociManifest, mediaType: undefined, Manifests: [] },
      undefined,
      'two ways',
    ],
    ['both kinds of field', { ...ociManifest, mediaType: undefined, manifests: [] }, undefined, 'two ways'],
    ['a contradicting media type', { ...ociManifest, mediaType: MEDIA_TYPES.ociIndex }, undefined, 'contradicts'],
    ['a contradicting content type', ociManifest, MEDIA_TYPES.dockerManifest, 'says itself'],
    [
      'an unknown media type',
      { ...ociManifest, mediaType: 'application/x' },
      undefined,
      'unknown media type "application/x"',
    ],
    ['no schema version', { config, layers: [] }, undefined, 'schemaVersion'],
    ['no config', { ...ociManifest, config: undefined }, undefined, 'config'],
    ['a bad digest', { ...ociManifest, layers: [{ ...layer, digest: 'sha256:..' }] }, undefined, 'layers.0.digest'],
    ['a negative size', { ...ociManifest, layers: [{ ...layer, size: -1 }] }, undefined, 'layers.0.size'],
    ['an absurd size', { ...ociManifest, layers: [{ ...layer, size: 1e300 }] }, undefined, 'layers.0.size'],
    ['layers of another type', { ...ociManifest, layers: {} }, undefined, 'layers'],
    ['annotations of another type', { ...ociManifest, annotations: { a: 1 } }, undefined, 'annotations'],
    ['a list', [], undefined, 'expected'],
  ])('refuses %s', (_, document, mediaType, text) => {
    expect(() => parseManifestOrIndex(bytes(document), mediaType, 'app:v1')).toThrowError(code('invalid', text));
    expect(() => parseManifestOrIndex(bytes(document), mediaType, 'app:v1')).toThrowError(/^app:v1/);
  });

  it('refuses an index where one image is wanted, and the other way round', () => {
    expect(() => parseManifest(bytes(ociIndex))).toThrowError(code('invalid', 'got an index'));
    expect(() => parseIndex(bytes(ociManifest))).toThrowError(code('invalid', 'got the manifest'));
  });

  it('says that schema 1 is unsupported', () => {
    expect(() => parseManifest(bytes({ schemaVersion: 1, fsLayers: [] }))).toThrowError(
      code('unsupported', 'schema 1'),
    );
  });

  it('refuses more than 4 MiB before parsing', () => {
    expect(() => parseManifest(new Uint8Array(MANIFEST_LIMIT_BYTES + 1))).toThrowError(code('limit', '4194305 bytes'));
  });

  it('tells an artifact from an image', () => {
    const chart = parseManifest(
      bytes({ ...ociManifest, config: { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' } }),
    );
    expect(() => assertImageManifest(chart, 'app')).toThrowError(code('unsupported', 'helm'));
  });

  it('throws nothing but OciError on any JSON and any bytes', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.jsonValue().map((value) => bytes({ schemaVersion: 2, config: value, layers: [value] })),
    );
    fc.assert(
      fc.property(anything, (input) => {
        try {
          parseManifestOrIndex(input);
        } catch (error) {
          expect(isOciError(error)).toBe(true);
        }
      }),
    );
  });
});
