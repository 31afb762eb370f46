import { readFileSync } from 'node:fs';
import { validateOptsAgainstSchema } from 'nx/src/utils/params.js';
import { expect, it } from 'vitest';
import { normalizeContainer } from '../options/container-options.js';

const schemaOf = (executor: string) =>
  JSON.parse(readFileSync(new URL(`${executor}/schema.json`, import.meta.url), 'utf8'));
const propertiesOf = (executor: string): Record<string, object> => schemaOf(executor).properties;

it.each([
  ['publish-image', 'tag'],
  ['pin', 'pinVersion'],
  ['pin', 'to'],
])('%s takes a --%s of digits alone, of which Nx makes a number', (executor, option) => {
  expect(() => validateOptsAgainstSchema({ [option]: 1234567 }, schemaOf(executor))).not.toThrow();
  expect(() => validateOptsAgainstSchema({ [option]: true }, schemaOf(executor))).toThrow();
});

/** Nx gives an executor the defaults of its schema as if they had been written. */
it.each(['build-image', 'diff-image', 'pin', 'unpin'])(
  '%s has no default of what it takes from the options of publish-image, since that would win',
  (executor) => {
    const shared = Object.keys(propertiesOf('publish-image'));
    const withDefault = Object.entries(propertiesOf(executor))
      .filter(([name, property]) => shared.includes(name) && JSON.stringify(property).includes('"default":'))
      .map(([name]) => name);
    expect(withDefault).toEqual([]);
  },
);

it('the defaults of publish-image are those that its options have where nothing fills them in', () => {
  const defaults = Object.entries<{ default?: unknown }>(propertiesOf('publish-image')).flatMap(([name, property]) =>
    property.default === undefined ? [] : [[name, property.default]],
  );
  const filledIn = normalizeContainer('@acme/Web', 'apps/web', Object.fromEntries(defaults));
  expect(filledIn).toEqual(normalizeContainer('@acme/Web', 'apps/web', {}));
});
