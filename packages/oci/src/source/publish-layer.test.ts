import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { sha256Digest } from '../content/digest.js';
import { readAll } from '../content/read-all.js';
import { readSpooled } from './publish-layer.js';

it('opens a spooled layer when it is read: an upload that fails before may leave it, or have it removed', async () => {
  const digest = sha256Digest('');
  const layer = { diffId: digest, descriptor: { mediaType: 'x', digest, size: 0 }, path: '/nonexistent/layer' };
  const bytes = readSpooled(layer);
  await wait(50);
  await expect(readAll(bytes, 1, 'layer')).rejects.toMatchObject({ code: 'ENOENT' });
});
