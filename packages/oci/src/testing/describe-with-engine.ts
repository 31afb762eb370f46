import { connectEngine } from '../source/connect-engine.js';
import type { Engine } from '../source/engine.js';

/**
 * Tests against the real engine of this machine. Without one they are left out, and one loud line says so; with
 * IMAGE_VERSIONS_REQUIRE_ENGINE=1 that is an error. What they make in it is named `ivtest-…`, and removed by them.
 */
export async function describeWithEngine(name: string, define: (engine: Engine) => void): Promise<void> {
  // Here and not above, so that this folder's builders can be used outside of a test run.
  const { describe } = await import('vitest');
  let engine: Engine | undefined;
  try {
    engine = await connectEngine();
  } catch (error) {
    if (process.env.IMAGE_VERSIONS_REQUIRE_ENGINE === '1') throw error;
    console.warn(`\n!!! LEFT OUT: "${name}" needs a container engine. ${(error as Error).message}\n`);
  }
  const found = engine;
  if (found) describe(name, () => define(found));
  else describe.skip(name, () => define(undefined as unknown as Engine));
}
