import { describe, expect, it } from 'vitest';
import { normalizePluginOptions } from '../options/plugin-options.js';
import { baseDigestIn, baseToken, filesToken, requestToken } from '../options/token-names.js';
import { parseCommandLine } from './command-line.js';
import { type TokenFacts, tokens } from './tokens.js';

const { targets } = normalizePluginOptions({});
const facts: TokenFacts = {
  containers: [
    { key: 'a_1', bases: ['x:1'] },
    { key: 'b_1', bases: ['y:1'] },
  ],
  bases: new Map([
    ['x:1', { digest: 'sha256:1' }],
    ['y:1', { digest: 'sha256:2' }],
  ]),
  requests: new Map([['a_1', { held: false, fresh: 0 }]]),
  files: new Map(),
  rules: 'rules 1',
  builders: new Map([
    ['auto', 'embedded'],
    ['docker', 'engine for x64'],
  ]),
  request: parseCommandLine(['node', 'nx', 'run-many', '-t', 'publish-image'], targets),
  runId: 'run-1',
  git: { commit: '3f2a9c1', changes: '', problem: '' },
  environment: {},
};
const request = (line: string) => parseCommandLine(['node', 'nx', ...line.split(' ')], targets);

const baseX = baseToken('x:1');

describe('the tokens that tasks are hashed with', () => {
  it('have the digest of each base', () => {
    expect(tokens(facts)).toMatchObject({ [baseX]: 'sha256:1', [baseToken('y:1')]: 'sha256:2' });
  });

  it('are those of one run for a base that could not be looked up, since it may have moved', () => {
    const unknown = { ...facts, bases: new Map([['x:1', { digest: 'unknown' }]]) };
    const [first, second] = [tokens(unknown), tokens({ ...unknown, runId: 'run-2' })];
    expect(first[baseX]).not.toBe(second[baseX]);
    expect([baseDigestIn(first, 'x:1'), baseDigestIn(first, 'y:1'), baseDigestIn({}, 'x:1')]).toEqual(
      Array(3).fill('unknown'),
    );
    expect(baseDigestIn(tokens(facts), 'x:1')).toBe('sha256:1');
  });

  it('have the rules', () => {
    expect(tokens(facts).IMAGE_VERSIONS_RULES).toBe('rules 1');
  });

  it('have what each builder is', () => {
    expect(tokens(facts)).toMatchObject({
      IMAGE_VERSIONS_BUILDER_AUTO: 'embedded',
      IMAGE_VERSIONS_BUILDER_DOCKER: 'engine for x64',
    });
  });

  it('are as few as there are bases: nothing is said of an image of which the version files ask nothing', () => {
    const containers = Array.from({ length: 1000 }, (_, at) => ({ key: `c${at}`, bases: ['x:1'] }));
    const requests = new Map(containers.map(({ key }) => [key, { held: false, fresh: 0 }]));
    expect(Object.keys(tokens({ ...facts, containers, requests })).length).toBeLessThan(12);
  });

  it.each([
    [{ held: true, fresh: 0 }, 'held'],
    [{ held: false, fresh: 2 }, 'fresh 2'],
    [{ held: true, fresh: 2 }, 'held, fresh 2'],
  ])('say %j of that image alone', (request, text) => {
    const { [requestToken('a_1')]: asked, ...rest } = tokens({ ...facts, requests: new Map([['a_1', request]]) });
    expect(asked).toBe(text);
    expect(rest).toEqual(tokens(facts));
  });

  it('say of an image what the hash of its files leaves out, and take it back', () => {
    const { [filesToken('a_1')]: said, ...rest } = tokens({ ...facts, files: new Map([['a_1', 'f00']]) });
    expect(said).toBe('f00');
    expect(rest).toEqual(tokens(facts));
    expect(tokens({ ...facts, environment: { [filesToken('a_1')]: 'f00' } })[filesToken('a_1')]).toBe('');
  });

  it('take back what a run before has said of an image', () => {
    const environment = { [requestToken('a_1')]: 'held', [requestToken('gone')]: 'held' };
    expect(tokens({ ...facts, environment })).toEqual({ ...tokens(facts), [requestToken('a_1')]: '' });
  });

  it('are the same for another commit, and for a plain run at another time', () => {
    const { IMAGE_VERSIONS_COMMIT: _, ...before } = tokens(facts);
    const later = tokens({ ...facts, runId: 'run-2', git: { commit: 'fffffff', changes: 'a', problem: '' } });
    expect(later).toMatchObject({ ...before, IMAGE_VERSIONS_CHANGES: 'a' });
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
