import { describe, expect, it } from 'vitest';
import type { PackageFact } from '../layer/entry.js';
import type { TreeEntry } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { installedPackages, unreadDatabases } from './packages.js';

function file(path: string, size: number, ...packages: PackageFact[]): TreeEntry {
  return {
    path,
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    layer: { index: 0, origin: 'run' },
    ...(packages.length > 0 && { packages }),
  };
}

describe('installed packages', () => {
  it('of Debian have the files of the list of their name, and of their architecture where there are two', () => {
    const dpkg = (architecture: string): PackageFact => ({
      type: 'dpkg',
      name: 'libc6',
      version: '2.36',
      architecture,
    });
    const tree = treeOf([
      file('var/lib/dpkg/status', 100, dpkg('amd64'), dpkg('i386'), {
        type: 'dpkg',
        name: 'bash',
        version: '5',
        architecture: 'amd64',
      }),
      file('var/lib/dpkg/info/libc6:amd64.list', 9, {
        type: 'dpkg',
        name: 'libc6',
        version: '',
        architecture: 'amd64',
        files: ['lib/a'],
      }),
      file('var/lib/dpkg/info/libc6:i386.list', 9, {
        type: 'dpkg',
        name: 'libc6',
        version: '',
        architecture: 'i386',
        files: ['lib32/a'],
      }),
      file('var/lib/dpkg/info/bash.list', 9, { type: 'dpkg', name: 'bash', version: '', files: ['bin/bash'] }),
    ]);
    expect(installedPackages(tree).map((found) => [found.name, found.architecture, found.files])).toEqual([
      ['bash', 'amd64', ['bin/bash']],
      ['libc6', 'amd64', ['lib/a']],
      ['libc6', 'i386', ['lib32/a']],
    ]);
  });

  it('of Python have the size of the files in their RECORD that are there, and their site-packages as place', () => {
    const site = 'usr/lib/python3.12/site-packages';
    const tree = treeOf([
      file(`${site}/a/__init__.py`, 30),
      file(`${site}/a-1.dist-info/METADATA`, 12, { type: 'pip', name: 'a', version: '1' }),
      file(`${site}/a-1.dist-info/RECORD`, 7, {
        type: 'pip',
        name: 'a',
        version: '',
        files: [`${site}/a/__init__.py`, `${site}/gone.py`, `${site}/a-1.dist-info/METADATA`],
      }),
    ]);
    expect(installedPackages(tree)).toMatchObject([{ name: 'a', location: site, sizeBytes: 42 }]);
  });

  it('of npm have the size of all that is in their folder, nested packages too', () => {
    const tree = treeOf([
      file('app/node_modules/@s/a/package.json', 5, { type: 'npm', name: '@s/a', version: '1.0.0' }),
      file('app/node_modules/@s/a/node_modules/b/package.json', 7, { type: 'npm', name: 'b', version: '2.0.0' }),
      file('app/node_modules/@s/a/node_modules/b/index.js', 100),
    ]);
    expect(installedPackages(tree)).toMatchObject([
      { name: '@s/a', location: 'app/node_modules/@s/a', sizeBytes: 112 },
      { name: 'b', location: 'app/node_modules/@s/a/node_modules/b', sizeBytes: 107 },
    ]);
  });

  it('of Ruby, Java and Go have the size of their folder, archive or program', () => {
    const tree = treeOf([
      file('gems/specifications/x-1-java.gemspec', 5, { type: 'gem', name: 'x', version: '1', architecture: 'java' }),
      file('gems/gems/x-1-java/lib/x.rb', 11),
      file('app.jar', 50, { type: 'jar', name: 'g:a', version: '1' }),
      file('bin/app', 60, { type: 'go', name: 'm', version: 'v1' }),
    ]);
    expect(installedPackages(tree).map(({ name, location, sizeBytes }) => [name, location, sizeBytes])).toEqual([
      ['x', 'gems/gems/x-1-java', 11],
      ['m', 'bin/app', 60],
      ['g:a', 'app.jar', 50],
    ]);
  });
});

describe('a database of packages', () => {
  it('that has bytes and gave no package could not be read', () => {
    const tree = treeOf([file('var/lib/rpm/rpmdb.sqlite', 4096), file('var/lib/dpkg/status', 0)]);
    expect(unreadDatabases(tree, 'rpm').map((entry) => entry.path)).toEqual(['var/lib/rpm/rpmdb.sqlite']);
    expect(unreadDatabases(tree, 'dpkg')).toEqual([]);
    expect(unreadDatabases(tree, 'npm')).toEqual([]);
  });
});
