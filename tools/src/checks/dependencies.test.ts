import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

function dependenciesOf(name: string): Record<string, string> {
  const file = new URL(`../../../packages/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).dependencies;
}

it("image-diff, which has oci bundled, asks for the same versions of oci's packages", () => {
  expect(dependenciesOf('diff')).toMatchObject(dependenciesOf('oci'));
});
