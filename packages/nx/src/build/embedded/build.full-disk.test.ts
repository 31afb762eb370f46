import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { buildEmbedded } from './build.js';
import { temporaryFolder, writeContext } from './context.testing.js';

// Where layers are written to.
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, createWriteStream: () => fs.createWriteStream('/dev/full') };
});

it('says which disk is full where there is no room for a layer, and leaves nothing on it', async () => {
  vi.stubEnv('TMPDIR', await temporaryFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const context = await writeContext({ file: 'x', Dockerfile: 'FROM scratch\nCOPY file /\n' });
  const openBase = () => Promise.reject(new Error('there is no base'));
  const dockerfile = join(context, 'Dockerfile');
  const build = buildEmbedded({ dockerfile, dockerfileName: 'app/Dockerfile', context, sourceDateEpoch: 0, openBase });
  await expect(build).rejects.toMatchObject({
    code: 'environment',
    message: `Build app/Dockerfile: no room in ${tmpdir()} for what is built`,
    hint: expect.stringContaining('TMPDIR'),
  });
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('image-versions-build-'))).toEqual([]);
});
