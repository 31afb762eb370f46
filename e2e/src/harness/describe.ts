import { describe, inject } from 'vitest';
import type { TestEngine } from './engines.js';

/**
 * A group of tests on a real engine and registry. Left out where there is none, which `npm test` says in one loud line; and where
 * something else that it needs is not `there`, which who looked for it has said.
 */
export function describeE2e(name: string, body: () => void, there = true): void {
  describe.skipIf(!(inject('e2e').available && there))(name, body);
}

/** The same, on one engine of several. */
export function describeOn(engine: TestEngine, name: string, body: () => void): void {
  describeE2e(`on ${engine.name}: ${name}`, body, engine.isThere);
}
