import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunked } from '../testing/chunked.js';
import { END, entry, failure, pax, read, scan, seal } from '../testing/tar-blocks-fixture.js';
import { readTar, scanTar } from './tar-reader.js';

describe('the end', () => {
  const file = entry({ name: 'a' }, 'x'.repeat(700));
  it('may lack its mark, half of it, or the last padding', async () => {
    for (const tail of [file, file.subarray(0, 512 + 700), Buffer.concat([file, END.subarray(512)])]) {
      expect(await read(tail)).toHaveLength(1);
    }
    expect(await read(Buffer.alloc(0))).toEqual([]);
  });
  it.each([100, 512, 600, 512 + 699])('is an error after %i bytes', async (length) => {
    await failure(file.subarray(0, length)).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/cut off/),
    });
    await expect(scan(file.subarray(0, length))).rejects.toMatchObject({ code: 'invalid' });
  });
  it('is an error where unread content is cut off', async () => {
    const names: string[] = [];
    const reading = (async () => {
      for await (const { path } of readTar(chunked(file.subarray(0, 600)))) names.push(path);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'invalid' });
  });
  it('is two blocks of zeros; what follows is read and not looked at', async () => {
    let last = '';
    async function* bytes() {
      yield Buffer.concat([file, END]);
      yield Buffer.from('garbage');
      last = 'read';
    }
    const paths: string[] = [];
    for await (const { path } of readTar(bytes())) paths.push(path);
    expect([paths, last]).toEqual([['a'], 'read']);
  });
  it('is not one block of zeros', async () => {
    await failure(END.subarray(512), file, END).toMatchObject({ code: 'invalid' });
  });
  it('is an error in garbage', async () => {
    await failure(Buffer.from('hello '.repeat(200))).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/not a tar archive/),
    });
    await failure(file, Buffer.alloc(512, 7)).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/byte 1536/),
    });
  });
});

describe('reading', () => {
  it('skips content that is left, in part or whole', async () => {
    const bytes = Buffer.concat([
      entry({ name: 'a' }, 'x'.repeat(2000)),
      entry({ name: 'b' }, 'y'.repeat(2000)),
      entry({ name: 'c' }, 'z'),
      END,
    ]);
    const seen: string[] = [];
    for await (const { path, content } of readTar(chunked(bytes, 100))) {
      seen.push(path);
      if (path === 'b') for await (const _ of content) break;
      if (path === 'c') for await (const chunk of content) seen.push(Buffer.from(chunk).toString());
    }
    expect(seen).toEqual(['a', 'b', 'c', 'z']);
  });
  it('closes the bytes when it is left early, and passes on their errors', async () => {
    let closed = false;
    async function* bytes() {
      try {
        yield entry({});
        throw new Error('cut');
      } finally {
        closed = true;
      }
    }
    for await (const _ of readTar(bytes())) break;
    expect(closed).toBe(true);
    await expect(scanTar(bytes(), { entry: () => undefined })).rejects.toThrow('cut');
  });
  it('stops at a bound on entries', async () => {
    const bytes = Buffer.concat([entry({}), entry({}), END]);
    expect(await read(bytes, { maxEntries: 2 })).toHaveLength(2);
    await expect(read(bytes, { maxEntries: 1 })).rejects.toMatchObject({ code: 'limit' });
  });
  it('says where content lies', async () => {
    const bytes = Buffer.concat([entry({}, 'abc'), pax({ uid: '1' }), entry({}, 'def'), END]);
    for (const { offset, content } of await read(bytes)) {
      expect(bytes.subarray(offset, (offset ?? 0) + 3)).toEqual(content);
    }
  });
  it('never fails but by its own errors, whatever the bytes', async () => {
    const base = Buffer.concat([
      pax({ path: 'p', 'GNU.sparse.map': '0,3' }),
      entry({}, 'abc'),
      entry(
        { type: 'S', magic: 'ustar  \0', at: { 386: '00000000000\x0000000000003\0', 483: '00000000007\0' } },
        'abc',
      ),
      END,
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.boolean(),
        async (edits, repair) => {
          const bytes = Buffer.from(base);
          for (const [at, value] of edits) bytes[at] = value;
          if (repair) {
            for (let at = 0; at + 512 <= bytes.length; at += 512) {
              const block = bytes.subarray(at, at + 512);
              if (block.includes('ustar')) seal(block);
            }
          }
          await read(bytes).catch((error: unknown) => expect(error).toMatchObject({ name: 'OciError' }));
        },
      ),
      { numRuns: 500 },
    );
  });
});
