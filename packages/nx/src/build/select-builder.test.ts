import type { ExecutorContext } from '@nx/devkit';
import { expect, it } from 'vitest';
import { normalizeContainer } from '../options/container-options.js';
import { selectBuilder } from './select-builder.js';

const select = (options: object) =>
  selectBuilder(normalizeContainer('app', 'app', options), {} as ExecutorContext).name;

it.each([
  ['auto', {}],
  ['docker', { builder: 'docker' }],
  ['embedded', { builder: 'embedded' }],
  ['buildx', { builder: 'buildx' }],
  ['buildx', { platforms: ['linux/arm64'] }],
  ['target image', { buildTarget: 'image', builder: 'docker' }],
])('builder %s builds what has the options %j', (name, options) => {
  expect(select(options)).toBe(name);
});

it.each(['docker', 'embedded'])(
  'options of buildx are an error with builder %s, which would leave them unheeded',
  (builder) => {
    expect(() => select({ builder, platforms: ['linux/arm64'], sbom: true })).toThrow(
      `Options of project app: only builder buildx knows platforms, sbom; the builder is ${builder}`,
    );
    const off = { platforms: [], cacheFrom: [], buildContexts: {}, provenance: false, sbom: '', pushByDigest: false };
    expect(select({ builder, ...off })).toBe(builder);
  },
);
