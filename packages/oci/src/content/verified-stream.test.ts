import { describe, expect, it } from 'vitest';
import { sha256Digest } from './digest.js';
import { digestCheckedStream, verifiedStream } from './verified-stream.js';

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

/** What came out before the end or the error. */
async function drain(stream: AsyncIterable<Uint8Array>): Promise<{ text: string; error: unknown }> {
  let text = '';
  try {
    for await (const chunk of stream) text += Buffer.from(chunk).toString();
    return { text, error: undefined };
  } catch (error) {
    return { text, error };
  }
}

const hello = { digest: sha256Digest('hello'), size: 5 };

describe('verifiedStream', () => {
  it('passes the right bytes through', async () => {
    expect(await drain(verifiedStream(chunks('he', 'll', 'o'), hello))).toEqual({ text: 'hello', error: undefined });
  });

  it('accepts empty content', async () => {
    expect((await drain(verifiedStream(chunks(), { digest: sha256Digest(''), size: 0 }))).error).toBeUndefined();
  });

  it('throws on other bytes of the same size, before the last chunk is out', async () => {
    const { text, error } = await drain(verifiedStream(chunks('he', 'll', 'a'), hello, 'layer x'));
    expect(text).toBe('hell');
    expect(error).toMatchObject({ code: 'mismatch', message: expect.stringMatching(/^layer x: expected digest/) });
  });

  it('never yields more than the stated size', async () => {
    const { text, error } = await drain(verifiedStream(chunks('hel', 'lo', ' and', ' much more'), hello));
    expect(text.length).toBeLessThanOrEqual(5);
    expect(error).toMatchObject({ code: 'mismatch' });
  });

  it('throws on a truncated stream', async () => {
    expect((await drain(verifiedStream(chunks('hell'), hello))).error).toMatchObject({
      code: 'mismatch',
      message: expect.stringContaining('expected 5 bytes, got 4 bytes'),
    });
  });
});

describe('digestCheckedStream', () => {
  it('tells right from wrong without a size', async () => {
    expect((await drain(digestCheckedStream(chunks('hel', 'lo'), hello.digest, 'x'))).error).toBeUndefined();
    expect((await drain(digestCheckedStream(chunks('hel', 'l0'), hello.digest, 'x'))).error).toMatchObject({
      code: 'mismatch',
    });
  });
});
