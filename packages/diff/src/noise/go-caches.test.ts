import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { goCaches } from './go-caches.js';

describe('go-caches', () => {
  it.each(['root/.cache/go-build/3f/3f00-d', 'go/pkg/mod/cache/download/x/@v/v1.0.0.info'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(goCaches, path)).toBe('drop');
    },
  );

  it.each(['go/bin/app', 'go/pkg/mod/x@v1.0.0/x.go', 'root/.config/go/env', 'app/pkg/mod/cache/page.tmpl'])(
    'keeps %s',
    (path) => {
      expect(judged(goCaches, path)).toBe('keep');
    },
  );

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(goCaches, 'root/.cache/go-build/3f/3f00-d', 'copy')).toBe('keep');
    expect(judged(goCaches, 'root/.cache/go-build/3f/3f00-d', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(goCaches, 'root/.cache/go-build/3f/3f00-d', 'unknown')).toBe('keep');
  });

  it.each(['root/.cache/go-build/3f'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(goCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(goCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
