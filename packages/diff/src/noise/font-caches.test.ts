import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { fontCaches } from './font-caches.js';

describe('font-caches', () => {
  it.each([
    'var/cache/fontconfig/3830d5c3ddfd5cd38a049b759396e72e-le64.cache-8',
    'root/.cache/fontconfig/CACHEDIR.TAG',
    'usr/share/fonts/truetype/.uuid',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(fontCaches, path)).toBe('drop');
  });

  it.each(['usr/share/fonts/truetype/x.ttf', 'etc/fonts/fonts.conf', 'var/cache/fontconfig/local.conf'])(
    'keeps %s',
    (path) => {
      expect(judged(fontCaches, path)).toBe('keep');
    },
  );

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(fontCaches, 'var/cache/fontconfig/3830d5c3ddfd5cd38a049b759396e72e-le64.cache-8', 'copy')).toBe(
      'keep',
    );
    expect(
      judged(fontCaches, 'var/cache/fontconfig/3830d5c3ddfd5cd38a049b759396e72e-le64.cache-8', 'run', { mode: 0o755 }),
    ).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(fontCaches, 'var/cache/fontconfig/3830d5c3ddfd5cd38a049b759396e72e-le64.cache-8', 'unknown')).toBe(
      'drop',
    );
  });

  it.each(['var/cache/fontconfig'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(fontCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(fontCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
