import { describe, expect, it } from 'vitest';
import type { LayerEntry, PackageFact } from '../layer/entry.js';
import { compareWhole } from '../testing/compare-whole.js';
import { directory, file, layerAt, treeFrom } from '../testing/literal-tree.js';

const dpkg = (name: string, version: string, files?: string[]): PackageFact => ({
  type: 'dpkg',
  name,
  version,
  ...(files && { files }),
});
const status = (text: string, ...packages: PackageFact[]) => file('var/lib/dpkg/status', text, { packages });
const list = (name: string, files: string[]) =>
  file(`var/lib/dpkg/info/${name}.list`, files.join(), { packages: [dpkg(name, '', files)] });

function drawn(before: LayerEntry[], after: LayerEntry[], layer = layerAt(1, 'run'), base = 0) {
  const { changes } = compareWhole(treeFrom(before, layer), treeFrom(after, layer), [], { before: base, after: base });
  return changes.map(({ category, kind, subject, detail }) => `${category} ${kind} ${subject} ${detail}`);
}

describe('packages', () => {
  it('that went to another version account for their files', () => {
    const files = list('openssl', ['bin/openssl', 'usr/share/doc/openssl']);
    expect(
      drawn(
        [status('1', dpkg('openssl', '3.0.15-1'), dpkg('zlib', '1')), files, file('usr/bin/openssl', '1')],
        [
          status('2', dpkg('openssl', '3.0.16-1'), dpkg('zlib', '1')),
          files,
          file('usr/bin/openssl', '2'),
          directory('usr/share/doc/openssl'),
        ],
      ),
    ).toEqual(['os-packages package openssl 3.0.15-1 -> 3.0.16-1']);
  });

  it('that come and go are named with their version', () => {
    expect(drawn([status('1', dpkg('a', '1'))], [status('2', dpkg('b', '2'))])).toEqual([
      'os-packages package a 1',
      'os-packages package b 2',
    ]);
  });

  it('of the same version leave a changed file to speak for itself', () => {
    const files = list('openssl', ['usr/bin/openssl']);
    const both = status('1', dpkg('openssl', '3'));
    expect(drawn([both, files, file('usr/bin/openssl', '1')], [both, files, file('usr/bin/openssl', '2')])).toEqual([
      'os-packages file /usr/bin/openssl content changed, 1 B as before',
    ]);
  });

  it('of node_modules account for their folder', () => {
    const npm = (version: string) =>
      file('app/node_modules/a/package.json', version, { packages: [{ type: 'npm', name: 'a', version }] });
    expect(
      drawn(
        [npm('1.2.0'), file('app/node_modules/a/index.js', '1'), file('app/node_modules/b/index.js', '1')],
        [npm('1.2.1'), file('app/node_modules/a/index.js', '2'), file('app/node_modules/b/index.js', '2')],
      ),
    ).toEqual([
      'app-dependencies package a 1.2.0 -> 1.2.1',
      'app-dependencies file /app/node_modules/b/index.js content changed, 1 B as before',
    ]);
  });

  it('inside a fat jar do not hide that its own classes changed', () => {
    const jar = (text: string, version: string, parts: Record<string, string>) =>
      file('app/fat.jar', text, {
        packages: [{ type: 'jar', name: 'lib', version }],
        normal: {
          rule: 'zip',
          digest: status(text).digest ?? 'sha256:0',
          parts: Object.entries(parts).map(([name, value]) => ({ name, value })),
        },
      });
    const copy = layerAt(1, 'copy');
    const before = jar('1', '1.0', { 'BOOT-INF/lib/lib-1.0.jar': 'x' });
    const idx = { 'BOOT-INF/classpath.idx': 'i' };
    expect(drawn([before], [jar('2', '1.1', { 'BOOT-INF/lib/lib-1.1.jar': 'x', ...idx })], copy)).toEqual([
      'app-dependencies package lib 1.0 -> 1.1',
    ]);
    expect(drawn([before], [jar('2', '1.1', { 'BOOT-INF/lib/lib-1.1.jar': 'x', 'a/B.class': 'y' })], copy)).toEqual([
      'app-dependencies package lib 1.0 -> 1.1',
      'code file /app/fat.jar BOOT-INF/lib/lib-1.0.jar removed, BOOT-INF/lib/lib-1.1.jar added, a/B.class added',
    ]);
  });

  it('below the boundary are the base image', () => {
    expect(drawn([status('1', dpkg('a', '1'))], [status('2', dpkg('a', '2'))], layerAt(0), 1)).toEqual([
      'base-image package a 1 -> 2',
    ]);
  });
});

describe('the category of a file', () => {
  it.each([
    ['app/run.sh', 'copy', 'code'],
    ['etc/app.conf', 'copy', 'configuration'],
    ['var/spool/cron/root', 'run', 'configuration'],
    ['app/node_modules/a/x.js', 'copy', 'app-dependencies'],
    ['opt/vendor/x', 'run', 'app-dependencies'],
    ['usr/local/bin/tool', 'run', 'app-dependencies'],
    ['usr/lib/python3/dist-packages/a.py', 'run', 'app-dependencies'],
    ['usr/bin/tool', 'run', 'os-packages'],
    ['lib/apk/db/installed', 'run', 'os-packages'],
    ['srv/x', 'unknown', 'code'],
    ['root/.ssh/authorized_keys', 'run', 'configuration'],
  ] as const)('%s of a %s layer is %s', (path, origin, category) => {
    expect(drawn([file(path, '1')], [file(path, '2')], layerAt(1, origin))[0]?.split(' ')[0]).toBe(category);
  });
});
