import { expect, test } from 'vitest';
import { showProgress } from './progress.js';

const digest = `sha256:${'0'.repeat(64)}` as const;

function shown(isTTY: boolean, env: Record<string, string> = {}) {
  const written: string[] = [];
  let time = 0;
  const progress = showProgress('app', { isTTY, write: (text: string) => written.push(text) }, env, () => (time += 60));
  progress.read(1_500_000);
  progress.read(1_500_000);
  progress.pushed({ step: 'compressed', digest, sizeBytes: 9 });
  progress.pushed({ step: 'pushed', digest, sizeBytes: 2_000_000 });
  progress.pushed({ step: 'mounted', digest, sizeBytes: 9 });
  progress.done();
  return written;
}

test('on a terminal one line is written over, and taken away in the end', () => {
  const written = shown(true);
  expect(written.length).toBeGreaterThan(1);
  expect(written.every((text) => text.startsWith('\r\u001b[K'))).toBe(true);
  expect(written.at(-1)).toBe('\r\u001b[K');
});

test('elsewhere, and in CI, a line each is all there is', () => {
  const lines = ['app: read 3.0 MB of layers to compare\n', 'app: pushed 1 layer (2.0 MB), 1 was there\n'];
  expect(shown(false)).toEqual(lines);
  expect(shown(true, { CI: 'true' })).toEqual(lines);
});

test('where nothing was read or pushed nothing is said', () => {
  const written: string[] = [];
  showProgress('app', { write: (text: string) => written.push(text) }, {}).done();
  expect(written).toEqual([]);
});
