import { describe, expect, it } from 'vitest';
import { embeddedCanBuild } from './can-build.js';

describe('whether the embedded builder can build a Dockerfile', () => {
  it('is so without RUN', () => {
    expect(embeddedCanBuild('FROM a AS x\nCOPY . .\nFROM x\nENV a=b\n')).toEqual({ ok: true });
  });

  it.each([
    ['FROM a\n\nRUN x\n', 3],
    ['# escape=`\nFROM a AS one\nRUN x\nFROM b\nCOPY --from=one / /\n', 3],
    ['FROM a AS one\nRUN x\nFROM one\n', 2],
    ['FROM a\nADD --checksum=sha256:0 x /x\n', 2],
    ['FROM a\nADD ["https://x/y", "/x"]\n', 2],
    ['FROM a\nWHAT\n', 2],
    ['', 1],
  ])('says the line of what it can not do: %j', (text, line) => {
    expect(embeddedCanBuild(text)).toMatchObject({ ok: false, line, reason: expect.any(String) });
  });

  it('looks at the stages that the target needs', () => {
    const text = 'ARG BASE=one\nFROM a AS one\nRUN x\nFROM b AS two\nCOPY . .\nFROM $BASE AS three\n';
    expect(embeddedCanBuild(text)).toMatchObject({ ok: false, line: 3 });
    expect(embeddedCanBuild(text, { target: 'TWO' })).toEqual({ ok: true });
    expect(embeddedCanBuild(text, { buildArgs: { BASE: 'two' } })).toEqual({ ok: true });
  });
});
