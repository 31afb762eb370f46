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
