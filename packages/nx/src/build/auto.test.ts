import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { chooseBuilder } from './auto.js';

async function choose(dockerfile: string, host: string) {
  const root = await mkdtemp(join(tmpdir(), 'ivtest-auto-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, 'Dockerfile'), dockerfile);
  vi.stubEnv('DOCKER_HOST', host);
  onTestFinished(() => void vi.unstubAllEnvs());
  const container = { project: 'app', dockerfile: 'Dockerfile', stage: undefined, buildArgs: {} };
  return chooseBuilder(root, container, undefined);
}

describe('the builder that auto means, where no engine answers,', () => {
  const nowhere = 'unix:///nonexistent/engine.sock';

  it('is the embedded one if the Dockerfile allows it', async () => {
    expect((await choose('FROM scratch\nCOPY . .\n', nowhere)).name).toBe('embedded');
  });

  it('is an error that says why neither can, if not', async () => {
    const choosing = choose('FROM scratch\nRUN make\n', nowhere);
    await expect(choosing).rejects.toThrow(/Build app: no engine answers .*can't build Dockerfile:2: RUN/s);
    await expect(choosing).rejects.toMatchObject({ code: 'environment', hint: expect.any(String) });
  });
});
