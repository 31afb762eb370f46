import { describe, expect, it } from 'vitest';
import { createPolicy } from '../compare-images.js';
import type { Change, Comparison } from './comparison.js';
import { conclude, isCut, MAX_CHANGES } from './conclude.js';

const some = (category: Change['category'], count: number): Change[] =>
  Array.from({ length: count }, (_, at) => ({
    category,
    kind: 'file',
    action: 'modified',
    subject: `/${category}/${String(at).padStart(6, '0')}`,
    detail: '',
  }));
const concluded = (...changes: Change[][]): Comparison =>
  conclude(
    { decidedBy: 'content', before: { name: 'a' }, after: { name: 'b' }, changes: changes.flat(), noise: [] },
    createPolicy(),
  );
const count = ({ changes }: Comparison, category: Change['category']) =>
  changes.filter((change) => change.category === category).length;

describe('the changes that are listed', () => {
  it('are all of them where they are few', () => {
    const few = concluded(some('code', MAX_CHANGES));
    expect([few.changes.length, few.truncated, isCut(few, 'code')]).toEqual([MAX_CHANGES, false, false]);
  });

  it('leave out none of a category that has few, whatever there is of another', () => {
    const many = concluded(some('code', 10_000), some('os-packages', 3000), some('configuration', 3));
    expect([many.changes.length, many.truncated]).toEqual([MAX_CHANGES, true]);
    expect(count(many, 'configuration')).toBe(3);
    expect(count(many, 'os-packages')).toBe(498);
    expect(many.changes[498]?.subject).toBe('/code/000498');
    expect(many.categories.filter((category) => isCut(many, category))).toEqual(['code', 'os-packages']);
  });
});
