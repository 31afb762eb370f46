import { describe, expect, it } from 'vitest';
import { normalizePluginOptions } from '../options/plugin-options.js';
import { namesTarget, parseCommandLine } from './command-line.js';

const { targets } = normalizePluginOptions({});
const imageTargets = [targets.publish, targets.build, targets.diff, targets.pin, targets.unpin];
const parse = (line: string, names = targets) => parseCommandLine(['node', 'nx', ...line.split(' ')], names);

describe('a command line that may run an image target', () => {
  it.each([
    'run app:publish-image',
    'run app:publish-image:production',
    'publish-image app',
    'pin app --version=v1.2.3',
    'run-many -t publish-image',
    'run-many -t build,publish-image',
    'run-many --target=unpin',
    'run-many --targets=build,diff-image --parallel=3',
    'affected -t test publish-image --base=main',
    'affected --verbose -t=build-image',
    'run-many -t publish-*',
  ])('nx %s', (line) => {
    expect(namesTarget(parse(line), imageTargets)).toBe(true);
  });

  it.each([
    'build app',
    'run-many -t test',
    'graph',
    'affected -t build --base=main',
    'run app:build -- publish-image',
  ])('not nx %s', (line) => {
    expect(namesTarget(parse(line), imageTargets)).toBe(false);
  });

  it('knows targets by the names that the options give', () => {
    const { targets: names } = normalizePluginOptions({ publishTargetName: 'ship' });
    expect(namesTarget(parse('run app:ship', names), ['ship'])).toBe(true);
    expect(namesTarget(parse('run app:publish-image', names), ['ship'])).toBe(false);
  });
});

describe('a version on the command line', () => {
  it.each(['--version=v1.2.3', '--pinVersion=v1.2.3', '--pinVersion v1.2.3', '--to=v1.2.3', '--pin-version=v1.2.3'])(
    'is read from %s',
    (flag) => {
      expect(parse(`run app:pin ${flag}`).version).toBe('v1.2.3');
    },
  );

  it('keeps its zeros', () => {
    expect(parse('run app:pin --version=0123456').version).toBe('0123456');
  });

  it('is handed over as it is, to be refused by who uses it', () => {
    expect(parseCommandLine(['node', 'nx', 'run', 'app:pin', '--version=$(touch /tmp/x)'], targets).version).toBe(
      '$(touch /tmp/x)',
    );
  });
});

describe('a run whose result must not come from a cache', () => {
  it.each([
    '--dryRun',
    '--dry-run',
    '--dryRun=true',
    '--mode=all',
    '--mode pinned_only',
    '--tag=v1.2.3',
    '-c production',
    '--prod',
    '--prod=true',
  ])('%s', (flag) => {
    expect(parse(`run app:publish-image ${flag}`).isSpecial).toBe(true);
  });

  it.each(['', '--mode=only_changed', '--dryRun=false', '--parallel=3'])('not %s', (flag) => {
    expect(parse(`run app:publish-image ${flag}`).isSpecial).toBe(false);
  });

  it('a target configuration, which may set any of them', () => {
    expect(parse('run app:publish-image:rescan').isSpecial).toBe(true);
  });
});

describe('a run of all projects that have a target', () => {
  it.each([
    'run-many -t publish-image',
    'run-many -t build publish-image --parallel=4',
    'run-many --all -t=publish-image',
  ])('nx %s', (line) => {
    expect(parse(line).runsAll).toBe(true);
  });

  it.each([
    'affected -t publish-image',
    'run app:publish-image',
    'run-many -t publish-image -p app',
    'run-many -t publish-image -p=app',
    'run-many -t publish-image --projects=app,web',
    'run-many -t publish-image --exclude=app',
    'run-many -t publish-image --skip-nx-cache',
    'run-many -t publish-image --mode=all',
  ])('not nx %s', (line) => {
    expect(parse(line).runsAll).toBe(false);
  });
});
