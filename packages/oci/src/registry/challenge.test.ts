import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.js';

describe('parseChallenges', () => {
  it('reads a Bearer challenge, with commas inside of quotes', () => {
    expect(
      parseChallenges('Bearer realm="https://auth.example/token",service="r",scope="repository:a/b:pull,push"'),
    ).toEqual([
      {
        scheme: 'bearer',
        parameters: { realm: 'https://auth.example/token', service: 'r', scope: 'repository:a/b:pull,push' },
      },
    ]);
  });

  it('reads several challenges of one header', () => {
    const header = 'Negotiate, Basic realm="a \\"b\\"", BEARER realm = x , charset=utf-8';
    expect(parseChallenges(header)).toEqual([
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'a "b"' } },
      { scheme: 'bearer', parameters: { realm: 'x', charset: 'utf-8' } },
    ]);
  });

  it('ends on anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z ,="\\]{0,40}$/)), (header) => {
        parseChallenges(header);
      }),
    );
  });
});
