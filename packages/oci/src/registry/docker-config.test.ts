import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { credentialFiles, readDockerConfig } from './docker-config.js';

vi.mock('node:fs', { spy: true });

/** As where another user has made this folder for themselves. */
function closeFolder(folder: string): void {
  vi.mocked(readFileSync).mockImplementation((path) => {
    const code = String(path).startsWith(folder) ? 'EACCES' : 'ENOENT';
    throw Object.assign(new Error(code), { code });
  });
}

it("takes no credentials of Podman's from a folder of another user, which is where they lie by default", () => {
  closeFolder('/run/containers/');
  const files = credentialFiles({ HOME: '/home/me' });
  expect(files.some((file) => file.startsWith('/run/containers/'))).toBe(true);
  for (const file of files) expect(readDockerConfig(file)).toEqual({});
});

it("says which file it is that this user may not read, where it is the user's own", () => {
  closeFolder('/home/me/');
  expect(() => readDockerConfig('/home/me/.docker/config.json')).toThrow(
    expect.objectContaining({
      code: 'invalid',
      message: "the credentials in /home/me/.docker/config.json: can't be read (EACCES)",
    }),
  );
});
