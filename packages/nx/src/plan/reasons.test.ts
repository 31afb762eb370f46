import type { Change, Comparison } from '@image-versions/diff';
import { describe, expect, it } from 'vitest';
import { contentReasons } from './reasons.js';

const change = (category: Change['category'], subject: string): Change => ({
  category,
  kind: 'file',
  action: 'modified',
  subject,
  detail: '',
});
const comparison = (changes: readonly Change[], truncated: boolean): Comparison => ({
  verdict: 'changed',
  decidedBy: 'content',
  before: { name: 'before' },
  after: { name: 'after' },
  changes,
  truncated,
  categories: ['code', 'configuration'],
  noise: [],
  profile: 'content',
  policyVersion: '1',
});

describe('the reasons of a change', () => {
  it('name three of a category and count the rest, and claim no more of one that is named whole', () => {
    const files = ['/1', '/2', '/3', '/4', '/5'].map((path) => change('code', path));
    const all = [...files, change('configuration', 'ENV A')];
    const said = (truncated: boolean) => contentReasons(comparison(all, truncated)).map(({ text }) => text);
    expect(said(false)).toEqual(['Code changed (/1; /2; /3; and 2 more).', 'Configuration changed (ENV A).']);
    expect(said(true)).toEqual(['Code changed (/1; /2; /3; and 2 or more).', 'Configuration changed (ENV A).']);
  });
});
