import { describe, expect, it } from 'vitest';
import type { PackageFact } from '../layer/entry.js';
import { file, layerAt } from '../testing/literal-tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { apkCaches } from './apk-caches.js';
import { aptCaches } from './apt-caches.js';
import { rpmCaches } from './rpm-caches.js';

const hello: PackageFact = { type: 'dpkg', name: 'hello', version: '1:2.10-3', architecture: 'amd64' };
const curl: PackageFact = { type: 'apk', name: 'curl', version: '8.5.0-r0' };
const zlib: PackageFact = { type: 'rpm', name: 'zlib', version: '1:1.2-3.el9', architecture: 'x86_64' };

describe.each([
  [
    aptCaches,
    'var/lib/dpkg/status',
    hello,
    'var/cache/apt/archives/',
    'hello_1%3a2.10-3_amd64.deb',
    'hello_1%3a2.10-4_amd64.deb',
  ],
  [
    apkCaches,
    'lib/apk/db/installed',
    curl,
    'var/cache/apk/',
    'curl-8.5.0-r0.2c4ac24e.apk',
    'curl-8.6.0-r0.0a1b2c3d.apk',
  ],
  [
    rpmCaches,
    'var/lib/rpm/rpmdb.sqlite',
    zlib,
    'var/cache/dnf/base-1/packages/',
    'zlib-1.2-3.el9.x86_64.rpm',
    'zlib-1.2-4.el9.x86_64.rpm',
  ],
])('a package that $0.name finds', (rule, database, fact, folder, installed, fetched) => {
  const judged = (name: string, packages: readonly PackageFact[]) => {
    const layer = layerAt(1, 'run');
    const entry = { ...file(`${folder}${name}`, 'x'), layer };
    return rule.judge(entry, treeOf([{ ...file(database, 'x', { packages }), layer }, entry]));
  };

  it('is dropped where it is installed', () => {
    expect(judged(installed, [fact])).toBe('drop');
  });

  it('stays where it, or this version of it, was only fetched', () => {
    expect(judged(fetched, [fact])).toBe('keep');
    expect(judged(installed, [])).toBe('keep');
  });
});
