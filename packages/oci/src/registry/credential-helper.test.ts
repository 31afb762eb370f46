import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askCredentialHelper } from './credential-helper.js';

/** What a helper that is this shell script is taken for. */
async function ask(script: string, timeoutMs?: number) {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'docker-credential-test'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'docker-credential-test'), 0o755);
  return askCredentialHelper('test', 'ghcr.io', { PATH: `${folder}:${process.env.PATH}` }, timeoutMs);
}

describe('a credential helper', () => {
  it('has no credentials where it says so', async () => {
    expect(await ask(`echo 'credentials not found in native keychain'; exit 1`)).toBeUndefined();
    expect(await ask(`echo '{"Username":"","Secret":""}'`)).toBeUndefined();
  });

  it('has failed where a program of its own was not found', async () => {
    const message = 'pass not initialized: exit status 1: exec: "pass": executable file not found in $PATH';
    await expect(ask(`echo '${message}'; exit 1`)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('ended with code 1 (pass not initialized'),
    });
  });

  it('is left after a while, also where a process of its own goes on', async () => {
    const began = Date.now();
    await expect(ask('sleep 5 & wait', 200)).rejects.toMatchObject({
      message: expect.stringMatching(/docker-credential-test .* ghcr.io: it gave no answer within 0.2 s$/),
    });
    expect(Date.now() - began).toBeLessThan(3000);
  });

  it('is left where it says more than credentials, which are not shown', async () => {
    const error = await ask('exec yes secret').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(/more than 1048576 bytes$/) });
  });

  it('shows nothing of what it answers or complains', async () => {
    const error = await ask(`echo secret >&2; echo '{"Username":"u","Secret":["secret"]}'`).catch(String);
    expect(error).toContain('Secret: expected string, got Array');
    expect(error).not.toMatch(/secret/);
  });
});
