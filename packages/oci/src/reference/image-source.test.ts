import { describe, expect, it } from 'vitest';
import { parseImageReference } from './image-reference.js';
import { parseImageSource } from './image-source.js';

const HEX = '0123456789abcdef'.repeat(4);

describe('parseImageSource', () => {
  it.each([
    ['daemon://app', { kind: 'engine', name: 'app' }],
    [`daemon://sha256:${HEX}`, { kind: 'engine', name: `sha256:${HEX}` }],
    ['remote://ghcr.io/a/b:v1', { kind: 'registry', reference: parseImageReference('ghcr.io/a/b:v1') }],
    ['oci:./folder', { kind: 'oci-layout', path: './folder', reference: undefined }],
    ['oci:folder:v1.2.3', { kind: 'oci-layout', path: 'folder', reference: 'v1.2.3' }],
    ['oci:/a:b/c', { kind: 'oci-layout', path: '/a:b/c', reference: undefined }],
    [`oci:folder@sha256:${HEX}`, { kind: 'oci-layout', path: 'folder', reference: `sha256:${HEX}` }],
    ['oci:C:\\folder:v1', { kind: 'oci-layout', path: 'C:\\folder', reference: 'v1' }],
    ['docker-archive:/a/b.tar', { kind: 'docker-archive', path: '/a/b.tar' }],
    ['oci-archive:b.tar:latest', { kind: 'oci-archive', path: 'b.tar', reference: 'latest' }],
    ['oci-archive:b.tar', { kind: 'oci-archive', path: 'b.tar', reference: undefined }],
    ['a.tar', { kind: 'archive', path: 'a.tar' }],
    ['/x/a.tar.gz', { kind: 'archive', path: '/x/a.tar.gz' }],
    ['a.tgz', { kind: 'archive', path: 'a.tgz' }],
    ['a.tar.zst', { kind: 'archive', path: 'a.tar.zst' }],
    ['a.tar.xz', { kind: 'archive', path: 'a.tar.xz' }],
    ['-', { kind: 'stdin' }],
    ['app:v1', { kind: 'any', name: 'app:v1', reference: parseImageReference('app:v1') }],
    [HEX, { kind: 'any', name: HEX, reference: undefined }],
    [`sha256:${HEX}`, { kind: 'any', name: `sha256:${HEX}`, reference: undefined }],
  ])('reads %s', (text, source) => {
    expect(parseImageSource(text)).toEqual(source);
  });

  it.each([
    ['daemon://', 'nothing follows daemon://'],
    ['oci:', 'nothing follows oci:'],
    ['https://ghcr.io/a/b', 'unknown prefix https://'],
    ['daemon://App', 'upper-case'],
    ['/tmp/image', 'a path that does not say what it is'],
    ['./image', 'a path that does not say what it is'],
    ['../image.oci', 'a path that does not say what it is'],
  ])('refuses %s', (text, why) => {
    expect(() => parseImageSource(text)).toThrowError(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining(why) }),
    );
  });
});
