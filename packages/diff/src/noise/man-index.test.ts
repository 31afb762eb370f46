import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { manIndex } from './man-index.js';

describe('man-index', () => {
  it.each(['var/cache/man/index.db', 'var/cache/man/de/index.db'])('drops %s, which a RUN left', (path) => {
    expect(judged(manIndex, path)).toBe('drop');
  });

  it.each(['usr/share/man/man1/x.1.gz', 'var/cache/man/notes.txt'])('keeps %s', (path) => {
    expect(judged(manIndex, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(manIndex, 'var/cache/man/index.db', 'copy')).toBe('keep');
    expect(judged(manIndex, 'var/cache/man/index.db', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(manIndex, 'var/cache/man/index.db', 'unknown')).toBe('drop');
  });

  it.each(['var/cache/man/de'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(manIndex, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(manIndex, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
