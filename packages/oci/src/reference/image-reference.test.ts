import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { familiarName, formatImageReference, parseImageReference, parseRepositoryName } from './image-reference.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('parseImageReference', () => {
  it.each([
    ['alpine', 'docker.io', 'library/alpine', 'latest', undefined],
    ['alpine:3.20', 'docker.io', 'library/alpine', '3.20', undefined],
    ['acme/app', 'docker.io', 'acme/app', 'latest', undefined],
    ['docker.io/alpine', 'docker.io', 'library/alpine', 'latest', undefined],
    ['index.docker.io/acme/app:v1', 'docker.io', 'acme/app', 'v1', undefined],
    ['localhost/app', 'localhost', 'app', 'latest', undefined],
    ['localhost:5000/app:v1', 'localhost:5000', 'app', 'v1', undefined],
    ['ghcr.io/acme/mono/app:v1', 'ghcr.io', 'acme/mono/app', 'v1', undefined],
    ['[::1]:5000/app:v1', '[::1]:5000', 'app', 'v1', undefined],
    ['[fe80::1]/app', '[fe80::1]', 'app', 'latest', undefined],
    ['10.0.0.1:80/a', '10.0.0.1:80', 'a', 'latest', undefined],
    ['Host/app', 'Host', 'app', 'latest', undefined],
    [`app@${DIGEST}`, 'docker.io', 'library/app', undefined, DIGEST],
    [`ghcr.io/a/b:v1@${DIGEST}`, 'ghcr.io', 'a/b', 'v1', DIGEST],
    [`localhost:5000/b@${DIGEST}`, 'localhost:5000', 'b', undefined, DIGEST],
    ['a--b/c__d/e.f', 'docker.io', 'a--b/c__d/e.f', 'latest', undefined],
  ])('reads %s', (text, registry, repository, tag, digest) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest });
  });

  it.each([
    ['', 'empty'],
    ['acme/App', 'upper-case'],
    ['Alpine', 'upper-case'],
    ['a..b', 'expected lower-case'],
    ['-a', 'expected lower-case'],
    ['a/', 'empty'],
    ['a//b', 'empty'],
    ['a:', 'tag ""'],
    ['a:-x', 'tag "-x"'],
    [`a:${'t'.repeat(129)}`, 'tag'],
    ['a@sha256:12', 'digest "sha256:12"'],
    [`a@${DIGEST}@${DIGEST}`, 'digest'],
    [`a@${DIGEST.toUpperCase()}`, 'digest'],
    ['exa_mple.com/app', 'host "exa_mple.com"'],
    ['host.example:99999/app', 'host'],
    ['[::1/app', 'host'],
    ['a b', 'expected lower-case'],
    ['a\n', 'expected lower-case'],
    ['x/../../etc', '".."'],
    [DIGEST.slice(7), 'image ID'],
    [`ghcr.io/${'a/'.repeat(128)}b`, '257 characters'],
  ])('refuses %j', (text, why) => {
    expect(() => parseImageReference(text)).toThrowError(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining(why) }),
    );
  });

  it('is undone by formatImageReference and by familiarName', () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
    const reference = fc.record({
      registry: fc.constantFrom('docker.io', 'localhost', 'ghcr.io', 'h.example:5000', '[::1]:80'),
      repository: fc.array(component, { minLength: 2, maxLength: 4 }).map((parts) => `n${parts.join('/')}`),
      tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/), { nil: undefined }),
      digest: fc.constantFrom(undefined, DIGEST as `sha256:${string}`),
    });
    fc.assert(
      fc.property(reference, (value) => {
        const expected = { ...value, tag: value.tag ?? (value.digest === undefined ? 'latest' : undefined) };
        expect(parseImageReference(formatImageReference(value))).toEqual(expected);
        expect(parseImageReference(familiarName(value))).toEqual(expected);
      }),
    );
  });
});

describe('familiarName', () => {
  it.each([
    ['docker.io/library/alpine:3', 'alpine:3'],
    ['acme/app', 'acme/app:latest'],
    ['ghcr.io/acme/app', 'ghcr.io/acme/app:latest'],
    ['docker.io/library/a/b', 'library/a/b:latest'],
  ])('shows %s as %s', (text, shown) => {
    expect(familiarName(parseImageReference(text))).toBe(shown);
  });
});

describe('parseRepositoryName', () => {
  it('reads a name without tag and digest', () => {
    expect(parseRepositoryName('localhost:5000/app')).toEqual({ registry: 'localhost:5000', repository: 'app' });
  });

  it.each(['localhost:5000/app:v1', `app@${DIGEST}`])('refuses %s', (text) => {
    expect(() => parseRepositoryName(text)).toThrowError(/without tag and digest/);
  });
});
