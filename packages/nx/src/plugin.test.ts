import type { CreateNodesContextV2 } from '@nx/devkit';
import { expect, it } from 'vitest';
import { createNodes } from './plugin.js';

it('a wrong option in nx.json is told with the way out, since Nx prints messages and no hints', async () => {
  const context: CreateNodesContextV2 = { workspaceRoot: '/', nxJsonConfiguration: {} };
  const made = Promise.resolve(createNodes[1]([], { registy: 'ghcr.io/acme' } as object, context));
  await expect(made).rejects.toThrow(/registy: no such option\.\n.*lists all options/);
});
