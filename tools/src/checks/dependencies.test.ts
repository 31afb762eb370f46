import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folderOf = (name: string) => new URL(`../../../packages/${name}/`, import.meta.url);

function dependenciesOf(name: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL('package.json', folderOf(name)), 'utf8')).dependencies;
}

/** The packages that the sources of a package import, its tests left out. */
function importsOf(name: string): Set<string> {
  const folder = new URL('src/', folderOf(name));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const imported = files
    .filter((file) => /(?<!\.test|\.testing)\.ts$/.test(file) && !file.startsWith('testing/'))
    .flatMap((file) => [
      ...readFileSync(new URL(file, folder), 'utf8').matchAll(/(?:from|import)\s*\(?'((?:@[^/']+\/)?[^./'][^/']*)/g),
    ]);
  return new Set(imported.map(([, found]) => found as string));
}

describe.each(['oci', 'diff', 'nx'])('of what %s depends on', (name) => {
  const own = Object.keys(dependenciesOf(name)).filter((dependency) => !dependency.startsWith('@image-versions/'));
  // The program image-diff has oci bundled.
  const bundled = name === 'diff' ? Object.keys(dependenciesOf('oci')) : [];

  it('each is imported', () => {
    // The public types have Node's in them.
    const used = new Set([...importsOf(name), ...bundled, '@types/node']);
    expect(own.filter((dependency) => !used.has(dependency))).toEqual([]);
  });

  it('the README says what for', () => {
    const readme = readFileSync(new URL('README.md', folderOf(name)), 'utf8');
    const isNamed = (dependency: string) => readme.includes(`| ${dependency} `) || bundled.includes(dependency);
    expect(own.filter((dependency) => !isNamed(dependency))).toEqual([]);
  });
});

it("image-diff, which has oci bundled, asks for the same versions of oci's packages", () => {
  expect(dependenciesOf('diff')).toMatchObject(dependenciesOf('oci'));
});
