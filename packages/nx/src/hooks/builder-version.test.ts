import { expect, it } from 'vitest';
import { builderVersion } from './builder-version.js';

it('an engine is told apart by the platform that it builds for', async () => {
  const arm = await builderVersion('docker', { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' });
  expect(arm).toBe('engine for linux/arm64');
  expect(await builderVersion('docker', {})).toBe(`engine for ${process.arch}`);
});

it('so is an instance of buildx, where one is named', async () => {
  expect(await builderVersion('buildx', { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' })).toBe('buildx for linux/arm64');
});

it('other builders are the same on every machine', async () => {
  expect(await builderVersion('embedded', { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' })).toBe('embedded');
  expect(await builderVersion('buildx', {})).toBe('buildx');
});
