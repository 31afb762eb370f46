import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Counterparts, type Side } from './counterparts.js';

const MEGABYTE = 1024 * 1024;

describe('files that wait for their counterparts', () => {
  let counterparts: Counterparts;
  let inspected: { path: string; bytes: string }[];
  const wait = (path: string, side: Side, bytes: Uint8Array = Buffer.from(path)) =>
    counterparts.wait(path, bytes, side, () => ({
      side,
      entry: { path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: bytes.byteLength },
      inspect: (own) => inspected.push({ path, bytes: own.length > 9 ? `${own.length} bytes` : `${own}` }),
    }));
  /** Files of a megabyte until one image is so far ahead that it is held. */
  const leadBy = async (side: Side) => {
    for (let at = 0; at < 8; at++) {
      const held = counterparts.catchUp(side);
      if (held !== undefined) return { held };
      expect(wait(`${at}`, side, Buffer.alloc(MEGABYTE, at))).toBe(true);
    }
    throw new Error('never held');
  };
  const settled = async (promise: Promise<void>) => {
    let isSettled = false;
    void promise.then(() => {
      isSettled = true;
    });
    await Promise.resolve().then(() => undefined);
    return isSettled;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    counterparts = new Counterparts();
    inspected = [];
    return () => vi.useRealTimers();
  });

  it('are inspected, by a copy of their content, when both images were read and none came', () => {
    const bytes = Buffer.from('old');
    wait('a', 'before', bytes);
    bytes.write('new');
    counterparts.end('before');
    expect(inspected).toEqual([]);
    counterparts.end('after');
    expect(inspected).toEqual([{ path: 'a', bytes: 'old' }]);
  });

  it('do not wait where the other image has been read, or for lack of room', () => {
    expect(wait('large', 'after', Buffer.alloc(3 * MEGABYTE))).toBe(false);
    for (let at = 0; at < 8; at++) expect(wait(`${at}`, 'after', Buffer.alloc(MEGABYTE, at))).toBe(true);
    expect(wait('one more', 'after')).toBe(false);
    counterparts.meet('0', () => true);
    expect(wait('one more', 'after')).toBe(true);
    counterparts.end('before');
    expect(wait('yet one more', 'after')).toBe(false);
  });

  it('keep their contents apart, whatever room was used before', () => {
    for (let round = 0; round < 50; round++) {
      const texts = Array.from({ length: 20 }, (_, at) =>
        `${round}-${at}-`.repeat(1 + ((round * 31 + at * 977) % 4000)),
      );
      for (const [at, text] of texts.entries()) wait(`${at}`, 'before', Buffer.from(text));
      for (const [at, text] of texts.entries()) {
        let seen = '';
        counterparts.meet(`${at}`, ({ entry }) => entry.path !== `${at}`);
        seen = inspected.pop()?.bytes ?? '';
        expect(seen).toBe(text.length > 9 ? `${text.length} bytes` : text);
      }
    }
  });

  it('let an image that is ahead be held until the other has caught up', async () => {
    const { held } = await leadBy('before');
    expect(counterparts.catchUp('after')).toBeUndefined();
    expect(await settled(held)).toBe(false);
    counterparts.meet('0', () => true);
    expect(await settled(held)).toBe(true);
    expect(counterparts.catchUp('before')).toBeUndefined();
  });

  it('let it go on where the other has ended', async () => {
    const { held } = await leadBy('before');
    counterparts.end('after');
    expect(await settled(held)).toBe(true);
    expect(counterparts.catchUp('before')).toBeUndefined();
  });

  it('let it go on after a quarter of a second without that, and hold it no more', async () => {
    const { held } = await leadBy('after');
    await vi.advanceTimersByTimeAsync(249);
    expect(await settled(held)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(held)).toBe(true);
    expect(counterparts.catchUp('after')).toBeUndefined();
  });
});
