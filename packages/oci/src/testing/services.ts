/** Where the real registry of the tests is; plain HTTP. Default `localhost:5000`. */
export const TEST_REGISTRY_HOST = process.env.IMAGE_VERSIONS_TEST_REGISTRY ?? 'localhost:5000';

const ANSWER_TIMEOUT_MS = 2000;

/**
 * `describe` for tests on the real registry at `TEST_REGISTRY_HOST`. Where none answers they are left out with one loud line; with
 * `IMAGE_VERSIONS_REQUIRE_ENGINE=1` they run all the same, and fail.
 */
export async function describeWithRegistry(name: string, define: (host: string) => void): Promise<void> {
  // Here and not above, so that this folder's builders can be used outside of a test run.
  const { describe } = await import('vitest');
  const answers = await registryAnswers();
  const required = process.env.IMAGE_VERSIONS_REQUIRE_ENGINE === '1';
  if (!answers && !required) {
    console.warn(`LEFT OUT: "${name}": no registry answers at ${TEST_REGISTRY_HOST}; start one there to run it`);
  }
  describe.runIf(answers || required)(name, () => define(TEST_REGISTRY_HOST));
}

async function registryAnswers(): Promise<boolean> {
  try {
    const response = await fetch(`http://${TEST_REGISTRY_HOST}/v2/`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return response.ok;
  } catch {
    return false;
  }
}
