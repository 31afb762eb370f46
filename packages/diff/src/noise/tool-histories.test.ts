import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { toolHistories } from './tool-histories.js';

describe('tool-histories', () => {
  it.each(['root/.wget-hsts', 'home/app/.python_history', 'root/.gnupg/random_seed', 'root/.rnd', 'var/.updated'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(toolHistories, path)).toBe('drop');
    },
  );

  it.each(['root/.bashrc', 'root/.gnupg/pubring.kbx', 'root/.wgetrc', 'app/history'])('keeps %s', (path) => {
    expect(judged(toolHistories, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(toolHistories, 'root/.wget-hsts', 'copy')).toBe('keep');
    expect(judged(toolHistories, 'root/.wget-hsts', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(toolHistories, 'root/.wget-hsts', 'unknown')).toBe('keep');
  });
});
