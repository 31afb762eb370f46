import { describe, expect, it } from 'vitest';
import { normalizePluginOptions } from '../options/plugin-options.js';
import { parseCommandLine } from './command-line.js';
import { type TokenFacts, tokens } from './tokens.js';

const { targets } = normalizePluginOptions({});
const facts: TokenFacts = {
  containers: [
    { root: 'a', key: 'a_1', bases: ['x:1'], unresolved: [] },
    { root: 'b', key: 'b_1', bases: ['y:1'], unresolved: [] },
  ],
  bases: new Map([
    ['x:1', { digest: 'sha256:1' }],
    ['y:1', { digest: 'sha256:2' }],
  ]),
  requests: new Map([['a_1', { held: false, fresh: 0 }]]),
  rules: 'rules 1',
  request: parseCommandLine(['node', 'nx', 'run-many', '-t', 'publish-image'], targets),
  runId: 'run-1',
  git: { commit: '3f2a9c1', dirty: false, problem: '' },
};
const request = (line: string) => parseCommandLine(['node', 'nx', ...line.split(' ')], targets);

describe('the tokens that tasks are hashed with', () => {
  it('change for the containers on a base that moved, and for no other', () => {
    const moved = tokens({ ...facts, bases: new Map([...facts.bases, ['x:1', { digest: 'sha256:3' }]]) });
    const before = tokens(facts);
    expect(moved.IMAGE_VERSIONS_BASE_a_1).not.toBe(before.IMAGE_VERSIONS_BASE_a_1);
    expect(moved.IMAGE_VERSIONS_BASE_b_1).toBe(before.IMAGE_VERSIONS_BASE_b_1);
  });

  it('change for the container that is held, or is to be built afresh, and for no other', () => {
    const before = tokens(facts);
    for (const request of [
      { held: true, fresh: 0 },
      { held: false, fresh: 1 },
    ]) {
      const asked = tokens({ ...facts, requests: new Map([['a_1', request]]) });
      expect(asked.IMAGE_VERSIONS_BASE_a_1).not.toBe(before.IMAGE_VERSIONS_BASE_a_1);
      expect(asked.IMAGE_VERSIONS_BASE_b_1).toBe(before.IMAGE_VERSIONS_BASE_b_1);
    }
    expect(tokens({ ...facts, requests: new Map() })).toEqual(before);
  });

  it('change with the rules', () => {
    expect(tokens({ ...facts, rules: 'rules 2' }).IMAGE_VERSIONS_BASE_a_1).not.toBe(
      tokens(facts).IMAGE_VERSIONS_BASE_a_1,
    );
  });

  it('are the same for another commit, and for a plain run at another time', () => {
    const { IMAGE_VERSIONS_COMMIT: _, ...before } = tokens(facts);
    const later = tokens({ ...facts, runId: 'run-2', git: { commit: 'fffffff', dirty: true, problem: '' } });
    expect(later).toMatchObject({ ...before, IMAGE_VERSIONS_DIRTY: 'true' });
  });

  it('are those of one run where the registry is to be asked', () => {
    expect(tokens({ ...facts, request: request('run a:publish-image --dryRun') }).IMAGE_VERSIONS_RUN).toBe('run-1');
    expect(tokens(facts).IMAGE_VERSIONS_RUN).toBe('');
  });

  it('take back what the run before has set', () => {
    const { IMAGE_VERSIONS_VERSION, IMAGE_VERSIONS_TAG } = tokens(facts);
    expect([IMAGE_VERSIONS_VERSION, IMAGE_VERSIONS_TAG]).toEqual(['', '']);
  });
});
