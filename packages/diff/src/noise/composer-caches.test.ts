import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { composerCaches } from './composer-caches.js';

describe('composer-caches', () => {
  it.each(['root/.composer/cache/files/x.zip', 'root/.cache/composer/repo/x.json'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(composerCaches, path)).toBe('drop');
    },
  );

  it.each(['root/.composer/auth.json', 'app/vendor/autoload.php', 'root/.composer/vendor/bin/x'])(
    'keeps %s',
    (path) => {
      expect(judged(composerCaches, path)).toBe('keep');
    },
  );

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(composerCaches, 'root/.composer/cache/files/x.zip', 'copy')).toBe('keep');
    expect(judged(composerCaches, 'root/.composer/cache/files/x.zip', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(composerCaches, 'root/.composer/cache/files/x.zip', 'unknown')).toBe('keep');
  });

  it.each(['root/.composer/cache'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(composerCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(composerCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
