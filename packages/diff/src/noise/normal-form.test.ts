import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldHash, normalForm } from './normal-form.js';

const part = (length: number) => ({ name: 'n'.repeat(length), value: 'v' });

describe('a normal form', () => {
  it('names its parts by name, in order', () => {
    const parts = [
      { name: 'b', value: '1' },
      { name: 'a', value: '2' },
    ];
    expect(normalForm('r', new FieldHash(), parts).parts?.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('has no parts where their names are too long together, and the same digest', () => {
    const names = (length: number) => normalForm('r', new FieldHash().add('x'), [part(length), part(length)]);
    expect(names(1000)).toHaveProperty('parts');
    expect(names(1_000_000)).toEqual({ rule: 'r', digest: names(1000).digest });
  });
});

describe('a hash of fields', () => {
  it('is that of all of them, each behind its length, however long they are', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 2000 });
    const field = fc.oneof(text, fc.nat(), fc.uint8Array({ maxLength: 6000 }));
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), (fields) => {
        const all = fields.flatMap((one) => {
          const bytes = typeof one === 'object' ? one : Buffer.from(String(one));
          return [Buffer.from(`${bytes.length}:`), bytes];
        });
        const expected = createHash('sha256').update(Buffer.concat(all)).digest('hex');
        expect(new FieldHash().add(...fields).digest()).toBe(`sha256:${expected}`);
      }),
      { numRuns: 200 },
    );
  });
});
