import { expect, it } from 'vitest';
import { checkSettings } from './check-settings.js';

const options = { context: './', dockerfile: 'a/Dockerfile', builder: 'embedded', buildArgs: { N: 1 } } as const;
const node = { project: 'a', root: 'a', publishTarget: 'publish-image', options, lacksInputs: false, lacksPins: false };
const settings = {
  context: '',
  dockerfile: 'a/Dockerfile',
  builder: 'embedded',
  buildArgs: { N: '1' },
  buildContexts: {},
} as const;

it('options that Nx merges as the plugin read them are fine, however they are written', () => {
  expect(() => checkSettings([node], [{ root: 'a', settings }])).not.toThrow();
});

it('an option that Nx took from where the plugin does not look is an error that names it', () => {
  const found = [{ root: 'a', settings: { ...settings, context: 'a', buildArgs: { '...': 'true' } } }];
  expect(() => checkSettings([node], found)).toThrow(
    /context of a: Nx has "", the plugin found "a"; buildArgs of a: Nx has {"N":"1"}, the plugin found {"...":"true"}$/,
  );
});

it('a project that the plugin did not find is left alone', () => {
  expect(() => checkSettings([node], [])).not.toThrow();
});
