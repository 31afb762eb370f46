import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { temporaryLeftovers as rule } from './temporary-leftovers.js';

const directory = { type: 'directory', mode: 0o700 } as const;

describe('temporary-leftovers', () => {
  it.each([
    'tmp/tmp.Apapod',
    'tmp/tmp.DEI93vokJ5',
    'tmp/build.KinEMo',
    'var/tmp/rpm-tmp.aK2x9Q',
    'tmp/tmpab12cd_x',
    'tmp/pip-unpack-x8c_1f2a',
    'tmp/go-build123456789',
    'tmp/bundler20261121-8-jca5j2',
    'tmp/hsperfdata_root',
    'tmp/npm-7-a4b1c2d3',
  ])('drops %s and what lies in it', (path) => {
    expect(judged(rule, path, 'run', directory)).toBe('drop');
    expect(judged(rule, `${path}/out`)).toBe('drop');
  });

  it.each([
    'tmp/app',
    'tmp/build.worker',
    'tmp/build.Worker',
    'tmp/build.myWorker',
    'tmp/app-v20240101',
    'tmp/app.README',
    'tmp/app.release2',
    'tmp/config.d',
    'tmp/tmpworkers',
    'tmp/layer-0a1b2c3d',
    'srv/tmp/tmp.DEI93vokJ5',
    'opt/tmp.DEI93vokJ5',
    'tmp',
  ])('keeps %s, whose name somebody chose, or which is elsewhere', (path) => {
    expect(judged(rule, path, 'run', directory)).toBe('keep');
    expect(judged(rule, `${path}/out`)).toBe('keep');
  });

  it('keeps what a Dockerfile copied, or what may have been', () => {
    expect(judged(rule, 'tmp/tmp.Apapod/worker.sh', 'copy')).toBe('keep');
    expect(judged(rule, 'tmp/tmp.Apapod/worker.sh', 'unknown')).toBe('keep');
  });

  it('gives programs one name, so that their content is compared', () => {
    const first = judged(rule, 'tmp/tmp.Apapod/bin/tool', 'run', { mode: 0o755 });
    expect(first).toEqual({ path: 'tmp/(random)/bin/tool' });
    expect(judged(rule, 'tmp/tmp.OBFehC/bin/tool', 'run', { mode: 0o755 })).toEqual(first);
  });
});
