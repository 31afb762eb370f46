import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { sha256Digest } from '../content/digest.js';
import { oneChunk } from '../content/one-chunk.js';
import { readAll } from '../content/read-all.js';
import { readSpooled, spoolLayer } from './publish-layer.js';

it('opens a spooled layer when it is read: an upload that fails before may leave it, or have it removed', async () => {
  const digest = sha256Digest('');
  const layer = { diffId: digest, descriptor: { mediaType: 'x', digest, size: 0 }, path: '/nonexistent/layer' };
  const bytes = readSpooled(layer);
  await wait(50);
  await expect(readAll(bytes, 1, 'layer')).rejects.toMatchObject({ code: 'ENOENT' });
});

it.each(['0.tar', '0.tar.gz'])('says where there is no room for a layer: %s', async (file) => {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink('/dev/full', join(folder, file));
  const bytes = new Uint8Array(10_000);
  await expect(
    spoolLayer(oneChunk(bytes), new Set([sha256Digest(bytes)]), folder, '0', undefined),
  ).rejects.toMatchObject({
    code: 'limit',
    message: expect.stringContaining(folder),
    hint: expect.stringContaining('TMPDIR'),
  });
});
