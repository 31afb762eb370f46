import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

describe('pnpm-state', () => {
  it('hides the times, in YAML and in JSON', () => {
    const yaml = (date: string) => `layoutVersion: 5\nprunedAt: ${date}\nstoreDir: /root/.local/share/pnpm/store/v3\n`;
    expect(isSameButNoise('app/node_modules/.modules.yaml', yaml('Fri, 20 Nov 2026'), yaml('Sat, 21 Nov 2026'))).toBe(
      true,
    );
    const json = (time: number) => JSON.stringify({ lastValidatedTimestamp: time, projects: {} });
    expect(isSameButNoise('app/node_modules/.pnpm-workspace-state.json', json(1), json(2))).toBe(true);
  });

  it('hides the order of the packages, where it is JSON', () => {
    const hoisted = (...packages: string[]) =>
      JSON.stringify({
        hoistedDependencies: Object.fromEntries(packages.map((name) => [name, { alias: 'private' }])),
        registries: { default: 'https://registry/' },
      });
    const path = 'app/node_modules/.modules.yaml';
    expect(isSameButNoise(path, hoisted('etag@1.8.1', 'accepts@1.3.8'), hoisted('accepts@1.3.8', 'etag@1.8.1'))).toBe(
      true,
    );
    expect(isSameButNoise(path, hoisted('etag@1.8.1'), hoisted('etag@1.8.1', 'accepts@1.3.8'))).toBe(false);
    const patterns = (...list: string[]) => JSON.stringify({ publicHoistPattern: list });
    expect(isSameButNoise(path, patterns('a', '!b'), patterns('!b', 'a'))).toBe(false);
  });

  it('keeps what it says of the packages', () => {
    const yaml = (name: string) => `prunedAt: x\nhoistedDependencies:\n  ${name}: {}\n`;
    expect(isSameButNoise('app/node_modules/.modules.yaml', yaml('a'), yaml('b'))).toBe(false);
    const json = (name: string) => JSON.stringify({ lastValidatedTimestamp: 1, projects: { [name]: {} } });
    expect(isSameButNoise('app/node_modules/.pnpm-workspace-state.json', json('a'), json('b'))).toBe(false);
  });
});
