import { describe, inject } from 'vitest';

/** A group of tests on a real engine and registry. Left out where there is none, which `npm test` says in one loud line. */
export function describeE2e(name: string, body: () => void): void {
  describe.skipIf(!inject('e2e').available)(name, body);
}
