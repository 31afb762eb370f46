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

  it('keeps what it says of the packages', () => {
    const yaml = (name: string) => `prunedAt: x\nhoistedDependencies:\n  ${name}: {}\n`;
    expect(isSameButNoise('app/node_modules/.modules.yaml', yaml('a'), yaml('b'))).toBe(false);
    const json = (name: string) => JSON.stringify({ lastValidatedTimestamp: 1, projects: { [name]: {} } });
    expect(isSameButNoise('app/node_modules/.pnpm-workspace-state.json', json('a'), json('b'))).toBe(false);
  });
});
