import { describe, expect, it } from 'vitest';
import { compareWhole } from '../testing/compare-whole.js';
import { ruleSetOf, treeRule } from '../testing/literal-rules.js';
import { file, treeFrom } from '../testing/literal-tree.js';
import { normalizePolicy, type PolicyOptions } from './policy.js';

const logs = treeRule('logs', () => 'drop');
const identities = { ...treeRule('identities', () => 'drop'), default: false };
const rules = [logs, identities];
const policy = (options: PolicyOptions = {}) => normalizePolicy(options, ruleSetOf(rules));
const on = (options: PolicyOptions) => policy(options).rules.map(({ name }) => name);

describe('a policy', () => {
  it('has the rules that are on by default', () => {
    expect(policy()).toMatchObject({ profile: 'content', rules: [{ name: 'logs' }] });
  });

  it('turns rules on and off by name', () => {
    expect(on({ rules: { logs: false, identities: true } })).toEqual(['identities']);
  });

  it('has no rule in the strict profile but those that are named', () => {
    expect(on({ profile: 'strict' })).toEqual([]);
    expect(on({ profile: 'strict', rules: { logs: true } })).toEqual(['logs']);
  });

  it('ignores labels that say when, from which commit and by which builder; in the strict profile only when', () => {
    const times = ['org.opencontainers.image.created', 'org.label-schema.build-date', 'build-date'];
    const others = ['org.opencontainers.image.revision', 'org.label-schema.vcs-ref', 'vcs-ref', 'io.buildah.version'];
    expect(policy().ignoredLabels).toEqual(new Set([...times, ...others]));
    expect(policy({ profile: 'strict' }).ignoredLabels).toEqual(new Set(times));
  });

  it('says which rules there are where it does not know one', () => {
    expect(() => policy({ rules: { log: false } })).toThrow('unknown log; known are identities, logs');
  });

  it('names everything that is wrong at once', () => {
    expect(() => policy({ profile: 'x' as never, ignore: ['/'], rules: { y: true } })).toThrow(
      /profile.*rules.*ignore/,
    );
  });

  it('has a version that each option and the rules change, and their order does not', () => {
    const versions = [
      policy(),
      policy({ profile: 'strict' }),
      policy({ ignore: ['a'] }),
      policy({ rules: { logs: false } }),
      normalizePolicy({}, ruleSetOf(rules, '2')),
    ].map(({ version }) => version);
    expect(new Set(versions).size).toBe(versions.length);
    expect(policy({ ignore: ['a', 'b'] }).version).toBe(policy({ ignore: ['b', 'a', 'a'] }).version);
  });

  it('leaves a layer index as it is where only tree rules or ignored paths change', () => {
    expect(policy({ ignore: ['a'], rules: { logs: false } }).contentVersion).toBe(policy().contentVersion);
  });
});

describe('an ignored path', () => {
  const left = (glob: string, ...paths: string[]) => {
    const { rules } = normalizePolicy({ ignore: [glob] }, ruleSetOf([]));
    const tree = treeFrom(paths.map((path) => file(path)));
    return compareWhole(tree, treeFrom([]), rules).changes.map(({ subject }) => subject);
  };

  it.each([
    ['/var/log/*', ['var/log/a', 'var/log/b/c', 'x/var/log/a'], ['/x/var/log/a']],
    ['*.log', ['a.log', 'b/.c.log', 'b/log'], ['/b/log']],
    ['/opt/', ['opt/a/b', 'opt-x'], ['/opt-x']],
    ['cache/*.idx', ['cache/a.idx', 'b/cache/a.idx', 'a.idx'], ['/a.idx']],
    ['/etc/**/x', ['etc/x', 'etc/a/b/x', 'etc/y'], ['/etc/y']],
    ['/a{1,2}', ['a1', 'a2', 'a3'], ['/a3']],
  ])('%s leaves of %j %j', (glob, paths, rest) => {
    expect(left(glob, ...paths)).toEqual(rest);
  });
});
