import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { builderNames } from '../options/plugin-options.js';
import { kinds } from './container/kinds/index.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = join(folder, '../..');
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const { generators } = read(join(root, 'generators.json'));
const names = Object.keys(generators).sort();

interface Property {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
}

describe('generators.json', () => {
  it('has every generator', () => {
    const folders = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'generator.ts')));
    expect(names).toEqual(folders.sort());
  });

  it.each(names)('has code and schema of %s', (name) => {
    expect(generators[name].factory).toBe(`./dist/generators/${name}/generator.js`);
    expect(existsSync(join(root, generators[name].schema))).toBe(true);
    expect(generators[name].description.length).toBeGreaterThan(40);
  });

  it.each(names)('has a schema of %s that says all of each option', (name) => {
    const schema = read(join(root, generators[name].schema));
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false, $id: expect.any(String) });
    for (const [option, property] of Object.entries<Property>(schema.properties)) {
      expect(property, option).toMatchObject({ type: expect.any(String), description: expect.stringMatching(/\.$/) });
      expect(property.examples?.length, `examples of ${option}`).toBeGreaterThan(0);
      if (property.type === 'boolean') expect(property.default, `default of ${option}`).toBe(false);
      if (property.enum && property.default !== undefined) expect(property.enum).toContain(property.default);
    }
  });

  it('offers the kinds that there are', () => {
    expect(read(join(folder, 'container/schema.json')).properties.kind.enum).toEqual(Object.keys(kinds));
  });

  it.each(['init', 'import'])('offers in %s the builders that there are', (name) => {
    expect(read(join(folder, name, 'schema.json')).properties.builder.enum).toEqual(
      expect.arrayContaining([...builderNames]),
    );
  });
});
