import { describe, expect, it } from 'vitest';
import { digestOf, isDigest, parseDigest, sha256Digest } from './digest.js';

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('digests', () => {
  it('knows the digest of nothing', () => {
    expect(sha256Digest(new Uint8Array())).toBe(`sha256:${HEX}`);
  });

  it('accepts sha256 and sha512', () => {
    expect(parseDigest(`sha256:${HEX}`)).toBe(`sha256:${HEX}`);
    expect(isDigest(`sha512:${HEX}${HEX}`)).toBe(true);
  });

  it.each([
    '',
    'sha256:',
    HEX,
    `sha256:${HEX.slice(1)}`,
    `sha256:${HEX.toUpperCase()}`,
    `sha512:${HEX}`,
    '../../etc/passwd',
    7,
  ])('refuses %j as invalid', (text) => {
    expect(() => parseDigest(text, 'layer 2')).toThrowError(
      expect.objectContaining({ code: 'invalid', message: expect.stringContaining('layer 2') }),
    );
  });

  it('says that another algorithm is unsupported', () => {
    expect(() => parseDigest('md5:d41d8cd98f00b204e9800998ecf8427e')).toThrowError(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });

  it('measures a stream', async () => {
    const stream = (async function* () {
      yield Buffer.from('he');
      yield Buffer.from('llo');
    })();
    expect(await digestOf(stream)).toEqual({ digest: sha256Digest('hello'), size: 5 });
  });
});
