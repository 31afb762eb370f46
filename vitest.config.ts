import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Unit and contract tests run on the sources; only e2e runs what is packed. */
const alias = [
  { find: /^@image-versions\/oci\/lookup$/, replacement: source('packages/oci/src/lookup.ts') },
  { find: /^@image-versions\/oci\/testing$/, replacement: source('packages/oci/src/testing/index.ts') },
  { find: /^@image-versions\/(oci|diff|nx)$/, replacement: source('packages/$1/src/index.ts') },
];

const project = (name: string, root: string, testTimeout: number) => ({
  resolve: { alias },
  test: {
    name,
    root: source(root),
    include: ['src/**/*.test.ts'],
    testTimeout,
    hookTimeout: testTimeout,
    // Vitest leaves a core to itself, which on two cores is half of the machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});

/**
 * Runs what is built and packed, after all others. Two files at a time, since one command after the other leaves half of a small
 * machine idle; not more, since they share its engine.
 */
const e2e = {
  test: {
    ...project('e2e', 'e2e', 600_000).test,
    globalSetup: [source('e2e/src/harness/setup.ts')],
    maxWorkers: 2,
    sequence: { groupOrder: 1 },
  },
};

export default defineConfig({
  test: {
    projects: [
      project('oci', 'packages/oci', 30_000),
      project('diff', 'packages/diff', 30_000),
      project('nx', 'packages/nx', 30_000),
      project('tools', 'tools', 60_000),
      e2e,
    ],
  },
});
