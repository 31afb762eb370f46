import { expect, it } from 'vitest';
import { normalizeContainer } from './container-options.js';

const normalized = (options: object) => () => normalizeContainer('app', 'apps/app', options);

it('an option of another type is told with its project and its name', () => {
  expect(normalized({ context: 5 })).toThrow('Option context of project app: expected a text, got 5');
  expect(normalized({ registry: ['ghcr.io/acme'] })).toThrow('Option registry of project app: expected a text');
});

it('an empty name of a Dockerfile is no name', () => {
  expect(normalized({ dockerfile: '' })).toThrow('Option dockerfile of project app: expected a text, got ""');
});

it('a registry with a scheme is told so', () => {
  expect(normalized({ registry: 'https://ghcr.io/acme' })).toThrow(
    'Option registry of project app: expected a host and a path in lower case, without https://',
  );
  expect(normalized({ registry: '' })().image).toBe('oci:.image-registry/app');
});
