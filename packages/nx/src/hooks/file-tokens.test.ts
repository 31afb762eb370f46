import { expect, it } from 'vitest';
import { fileTokens } from './file-tokens.js';

const facts = [
  { path: 'apps/a/bin/tool', fact: '100755' },
  { path: 'libs/x/current', fact: '120000 1' },
];
const tokensOf = (paths: string[], of = facts) => fileTokens([{ key: 'k', paths }], of).get('k');

it('a container has what is said of its own files and of those that it copies', () => {
  expect(tokensOf(['apps/a'])).not.toBe(tokensOf(['apps/a', 'libs/x/current']));
  expect(tokensOf([''])).toBe(tokensOf(['apps/a', 'libs']));
});

it('another mode is another token', () => {
  expect(tokensOf(['apps/a'])).not.toBe(tokensOf(['apps/a'], [{ path: 'apps/a/bin/tool', fact: '100644' }]));
});

it('a container of whose files nothing is said has none, also where a folder begins alike', () => {
  expect(tokensOf(['apps/a/bi', 'lib'])).toBeUndefined();
});
