import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { buildImage, pushImage } from '../testing/image-builder.js';
import { acquireLock } from './file-lock.js';
import { openOciLayout } from './oci-layout.js';

vi.mock('./file-lock.js', { spy: true });

it('an OCI layout is not written once another process took its lock over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oci-layout-'));
  const image = buildImage({ layers: [[{ path: 'f', content: '1' }]] });
  await pushImage(openOciLayout(folder), image, 'v1');
  const release = vi.fn(async () => undefined);
  vi.mocked(acquireLock).mockResolvedValueOnce({ isHeld: async () => false, release });
  await expect(openOciLayout(folder).pushManifest(image.manifest, 'v2')).rejects.toMatchObject({ code: 'conflict' });
  expect(await openOciLayout(folder).tags()).toEqual(['v1']);
  expect(release).toHaveBeenCalledOnce();
  await rm(folder, { recursive: true });
});
