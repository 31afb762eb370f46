import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { gitBookkeeping } from './git-bookkeeping.js';

describe('git-bookkeeping', () => {
  it.each(['src/lib/.git/logs/HEAD', 'src/.git/modules/x/logs/HEAD', 'src/.git/FETCH_HEAD'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(gitBookkeeping, path)).toBe('drop');
    },
  );

  it.each([
    'src/lib/.git/HEAD',
    'src/lib/.git/index',
    'src/lib/.git/config',
    'src/lib/.git/hooks/post-checkout',
    'src/lib/.git/refs/heads/main',
    'src/lib/.git/objects/pack/pack-1.pack',
    'src/lib/index',
    'src/logs/HEAD',
  ])('keeps %s', (path) => {
    expect(judged(gitBookkeeping, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(gitBookkeeping, 'src/lib/.git/FETCH_HEAD', 'copy')).toBe('keep');
    expect(judged(gitBookkeeping, 'src/lib/.git/FETCH_HEAD', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(gitBookkeeping, 'src/lib/.git/FETCH_HEAD', 'unknown')).toBe('keep');
  });

  it.each(['src/lib/.git/logs/refs'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(gitBookkeeping, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(gitBookkeeping, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
