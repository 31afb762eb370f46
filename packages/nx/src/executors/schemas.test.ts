import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateOptsAgainstSchema } from 'nx/src/utils/params.js';
import { expect, it } from 'vitest';

it.each([
  ['publish-image', 'tag'],
  ['pin', 'pinVersion'],
  ['pin', 'to'],
])('%s takes a --%s of digits alone, of which Nx makes a number', (executor, option) => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, executor, 'schema.json'), 'utf8'));
  expect(() => validateOptsAgainstSchema({ [option]: 1234567 }, schema)).not.toThrow();
  expect(() => validateOptsAgainstSchema({ [option]: true }, schema)).toThrow();
});
