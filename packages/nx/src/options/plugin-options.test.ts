import { expect, it } from 'vitest';
import { normalizePluginOptions } from './plugin-options.js';

const problemOf = (options: object): string => {
  try {
    normalizePluginOptions(options);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

it('a registry is a host and a path, as docker push takes it', () => {
  for (const registry of ['ghcr.io/acme/mono', 'localhost:5000', '[::1]:5000/acme', 'acme', 'GHCR.io/acme/', '']) {
    expect([registry, problemOf({ registry })]).toEqual([registry, '']);
  }
  for (const registry of [
    'https://ghcr.io/acme',
    'ghcr.io/acme:v1',
    'ghcr.io/Acme',
    '/acme',
    'ghcr.io//acme',
    '$HOST/a',
  ]) {
    expect(problemOf({ registry })).toContain(`registry: expected a host and a path in lower case, without https://`);
    expect(problemOf({ registry })).toContain(JSON.stringify(registry));
  }
});

it('the two version files are two, since the generated one is written over', () => {
  expect(problemOf({ versionsFile: './a/v.src', varsFile: 'a/v.src' })).toContain('varsFile: expected another file');
  expect(problemOf({ versionsFile: 'image_vars.src' })).toContain('varsFile: expected another file');
});

it('two targets of one name are an error: Nx would keep one of them', () => {
  expect(problemOf({ publishTargetName: 'pin' })).toContain('two targets would be called pin');
  expect(problemOf({ publishTargetName: 'pin', pinTargetName: 'fix' })).toBe('');
});
