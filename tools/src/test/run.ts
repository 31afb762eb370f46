/**
 * The test command of the README: runs every test of the repository once. Tests that need a Docker engine or a registry
 * are left out where there is none, and one loud line says so; with IMAGE_VERSIONS_REQUIRE_ENGINE=1 they fail instead.
 * Ends with `N passed, N failed, N skipped`. Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Counts, countsOf, formatCounts } from './counts.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

function engineAnswers(): boolean {
  return spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore' }).status === 0;
}

function registryInstalled(): boolean {
  return spawnSync('docker-registry', ['--version'], { stdio: 'ignore' }).error === undefined;
}

function run(): number {
  const missing = [
    engineAnswers() ? '' : 'a Docker engine',
    registryInstalled() ? '' : 'the docker-registry program',
  ].filter(Boolean);
  const folder = mkdtempSync(join(tmpdir(), 'image-versions-test-'));
  const report = join(folder, 'report.json');
  const vitest = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, NX_DAEMON: 'false' } },
  );
  let counts: Counts;
  try {
    counts = countsOf(JSON.parse(readFileSync(report, 'utf8')));
  } catch {
    counts = { passed: 0, failed: 1, skipped: 0 };
  }
  rmSync(folder, { recursive: true, force: true });
  if (missing.length > 0) {
    console.log(
      `\n!!! LEFT OUT: all tests that need ${missing.join(' and ')}. To run them: sudo apt-get install docker.io docker-registry debootstrap skopeo default-jdk-headless, start dockerd, npm test; or bash .ci/run\n`,
    );
  }
  console.log(formatCounts(counts));
  return vitest.status === 0 && counts.failed === 0 ? 0 : 1;
}

process.exitCode = run();
