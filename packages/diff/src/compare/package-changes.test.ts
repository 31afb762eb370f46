import { describe, expect, it } from 'vitest';
import type { LayerEntry, PackageFact } from '../layer/entry.js';
import { compareWhole } from '../testing/compare-whole.js';
import { directory, file, layerAt, stacked, symlink, treeFrom } from '../testing/literal-tree.js';
import { mergeLayers } from '../tree/merge.js';
import type { Difference } from './differences.js';
import { packageChanges } from './package-changes.js';

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

  it('of tens of thousands of files take no longer than others', { timeout: 10_000 }, () => {
    const [before, after] = ['1', '2'].map((version) => ({
      ...status(version, dpkg('linux-headers', version)),
      layer: layerAt(1, 'run'),
    }));
    const carrier: Difference = { path: 'var/lib/dpkg/status', before, after };
    const files = Array.from({ length: 40_000 }, (_, at): Difference => {
      const path = `usr/src/linux/${at}`;
      const added = { ...file(path, ''), layer: layerAt(1, 'run') };
      return { path, before: undefined, after: added };
    });
    const ownersOf = (path: string) => (path.startsWith('usr/src/') ? ['dpkg linux-headers'] : []);
    const { changes } = packageChanges([carrier, ...files], ownersOf, { before: 0, after: 0 });
    expect(changes.map(({ detail }) => detail)).toEqual(['1 -> 2']);
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

  it('of pip account for the files of their RECORD, however their name is written there', () => {
    const installed = (version: string) => {
      const folder = `venv/lib/charset_normalizer-${version}.dist-info`;
      const files = [`${folder}/METADATA`, `${folder}/RECORD`, 'venv/lib/charset_normalizer/md.py'];
      return [
        file(`${folder}/METADATA`, version, { packages: [{ type: 'pip', name: 'Charset.Normalizer', version }] }),
        file(`${folder}/RECORD`, version, {
          packages: [{ type: 'pip', name: 'charset_normalizer', version: '', files }],
        }),
        file('venv/lib/charset_normalizer/md.py', version),
      ];
    };
    expect(drawn(installed('3.3.0'), installed('3.3.1'))).toEqual([
      'app-dependencies package Charset.Normalizer 3.3.0 -> 3.3.1',
    ]);
  });

  it('that only went to another place say so, and account for their files', () => {
    const installed = (folder: string, module = '') => [
      file(`${folder}/flask-1.0.dist-info/METADATA`, '', {
        packages: [{ type: 'pip', name: 'flask', version: '1.0' }],
      }),
      file(`${folder}/flask-1.0.dist-info/RECORD`, '', {
        packages: [
          {
            type: 'pip',
            name: 'flask',
            version: '',
            files: [`${folder}/flask/app.py`, `${folder}/flask-1.0.dist-info/RECORD`],
          },
        ],
      }),
      file(`${folder}/flask/app.py`, module),
    ];
    expect(drawn(installed('python3.11/site-packages'), installed('python3.12/site-packages'))).toEqual([
      'app-dependencies package flask 1.0, in another place',
    ]);
    expect(drawn(installed('site-packages'), installed('site-packages', 'x'))).toEqual([
      'app-dependencies file /site-packages/flask/app.py content changed, 0 B -> 1 B',
    ]);
  });

  it('of RubyGems account for their folders', () => {
    const gem = (version: string) => [
      file(`gems/specifications/rack-${version}.gemspec`, '', { packages: [{ type: 'gem', name: 'rack', version }] }),
      file(`gems/gems/rack-${version}/lib/rack.rb`),
      file(`gems/extensions/x86_64-linux/3.2.0/rack-${version}/rack.so`),
    ];
    const other = file('gems/gems/rack-cors-1/lib/cors.rb');
    expect(drawn(gem('3.0.8'), [...gem('3.0.9'), other])).toEqual([
      'app-dependencies package rack 3.0.8 -> 3.0.9',
      'app-dependencies file /gems/gems/rack-cors-1/lib/cors.rb file, 0 B',
    ]);
  });

  it('of pnpm account for the links to them and from them', () => {
    const modules = (version: string, target = `.pnpm/a@${version}/node_modules/a`) => [
      file(`app/node_modules/.pnpm/a@${version}/node_modules/a/package.json`, version, {
        packages: [{ type: 'npm', name: 'a', version }],
      }),
      symlink(`app/node_modules/.pnpm/a@${version}/node_modules/b`, '../../b@1/node_modules/b'),
      symlink('app/node_modules/a', target),
    ];
    expect(drawn(modules('1.0.0'), modules('1.0.1'))).toEqual(['app-dependencies package a 1.0.0 -> 1.0.1']);
    expect(drawn(modules('1.0.0'), modules('1.0.1', '../fork/a'))).toEqual([
      'app-dependencies package a 1.0.0 -> 1.0.1',
      'app-dependencies file /app/node_modules/a -> .pnpm/a@1.0.0/node_modules/a became -> ../fork/a',
    ]);
  });

  it('that a package of the operating system brings along are told by that one', () => {
    const jar = (name: string, version: string) =>
      file(name, version, { packages: [{ type: 'jar', name: 'tomcat', version }] });
    const installed = (version: string, jars: LayerEntry[]) => [
      status(version, dpkg('libtomcat-java', version)),
      list('libtomcat-java', ['usr/share/java/tomcat.jar']),
      ...jars,
    ];
    expect(
      drawn(
        installed('10.1.55', [jar('usr/share/java/tomcat.jar', '10.1.55')]),
        installed('10.1.60', [jar('usr/share/java/tomcat.jar', '10.1.60')]),
      ),
    ).toEqual(['os-packages package libtomcat-java 10.1.55 -> 10.1.60']);
    expect(
      drawn(
        installed('10.1.55', [jar('usr/share/java/tomcat.jar', '10.1.55')]),
        installed('10.1.55', [jar('usr/share/java/tomcat.jar', '10.1.60')]),
      )[0],
    ).toBe('app-dependencies package tomcat 10.1.55 -> 10.1.60');
  });

  it('of Alpine that are Python packages as well are told once', () => {
    const installed = (version: string) => {
      const folder = `usr/lib/requests-${version}.dist-info`;
      const files = ['usr/lib/requests/__init__.py', `${folder}/METADATA`, `${folder}/RECORD`];
      return [
        file('lib/apk/db/installed', version, { packages: [{ type: 'apk', name: 'py3-requests', version, files }] }),
        file('usr/lib/requests/__init__.py', version),
        file(`${folder}/METADATA`, version, {
          packages: [{ type: 'pip', name: 'requests', version }],
        }),
        file(`${folder}/RECORD`, version, {
          packages: [{ type: 'pip', name: 'requests', version: '', files }],
        }),
      ];
    };
    expect(drawn(installed('2.31'), installed('2.32'))).toEqual(['os-packages package py3-requests 2.31 -> 2.32']);
  });

  it('account for what is compiled of their modules, which nobody lists', () => {
    const installed = (version: string) => [
      status(version, dpkg('python3-django', version)),
      list('python3-django', ['usr/lib/python3/dist-packages/django/apps.py']),
      file('usr/lib/python3/dist-packages/django/apps.py', version),
      file('usr/lib/python3/dist-packages/django/__pycache__/apps.cpython-311.pyc', version),
    ];
    expect(drawn(installed('3.2.25'), installed('3.2.26'))).toEqual([
      'os-packages package python3-django 3.2.25 -> 3.2.26',
    ]);
  });

  it('of an image without dpkg account for the sums of their files', () => {
    const installed = (version: string) => [
      file('var/lib/dpkg/status.d/libssl3', version, { packages: [dpkg('libssl3', version)] }),
      file('var/lib/dpkg/status.d/libssl3.md5sums', version, {
        packages: [dpkg('libssl3', '', ['usr/lib/libssl.so.3'])],
      }),
      file('usr/lib/libssl.so.3', version),
    ];
    expect(drawn(installed('3.0.11'), installed('3.0.12'))).toEqual(['os-packages package libssl3 3.0.11 -> 3.0.12']);
  });

  it('that are a Go program itself are of its category, and what it depends on is not', () => {
    const program = (version: string, dependency: string) =>
      file('app/server', version, {
        packages: [
          { type: 'go', name: 'example.com/app', version: `v0.0.0-${version}`, isMain: true },
          { type: 'go', name: 'example.com/dep', version: dependency },
        ],
      });
    const copy = layerAt(1, 'copy');
    expect(drawn([program('1', 'v1')], [program('2', 'v1')], copy)).toEqual([
      'code package example.com/app v0.0.0-1 -> v0.0.0-2',
      'code file /app/server content changed, 1 B as before',
    ]);
    expect(drawn([program('1', 'v1')], [program('2', 'v2')], copy)).toContain(
      'app-dependencies package example.com/dep v1 -> v2',
    );
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
  it('that is compiled of a module is that of the module', () => {
    const [copied, compiled] = ['app/a.py', 'app/__pycache__/a.cpython-311.pyc'];
    const image = (text: string) =>
      mergeLayers([
        stacked(layerAt(0, 'copy'), [file(copied, text)]),
        stacked(layerAt(1, 'run'), [file(compiled, text)]),
      ]);
    const { changes } = compareWhole(image('1'), image('2'), []);
    expect(changes.map(({ category, subject }) => `${category} ${subject}`)).toEqual([
      `code /${compiled}`,
      `code /${copied}`,
    ]);
  });

  it.each([
    ['app/run.sh', 'copy', 'code'],
    ['etc/app.conf', 'copy', 'configuration'],
    ['var/spool/cron/root', 'run', 'configuration'],
    ['app/node_modules/a/x.js', 'copy', 'app-dependencies'],
    ['app/.yarn/cache/a-npm-1.0.0-aa-bb.zip', 'copy', 'app-dependencies'],
    ['app/.pnp.cjs', 'copy', 'app-dependencies'],
    ['opt/vendor/x', 'run', 'app-dependencies'],
    ['usr/local/bin/tool', 'run', 'app-dependencies'],
    ['usr/lib/python3/dist-packages/a.py', 'run', 'app-dependencies'],
    ['usr/bin/tool', 'run', 'os-packages'],
    ['lib/apk/db/installed', 'run', 'os-packages'],
    ['etc/ld.so.cache', 'run', 'os-packages'],
    ['etc/ld.so.conf', 'run', 'configuration'],
    ['srv/x', 'unknown', 'code'],
    ['root/.ssh/authorized_keys', 'run', 'configuration'],
  ] as const)('%s of a %s layer is %s', (path, origin, category) => {
    expect(drawn([file(path, '1')], [file(path, '2')], layerAt(1, origin))[0]?.split(' ')[0]).toBe(category);
  });
});
