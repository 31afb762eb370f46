import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { desktopCaches } from './desktop-caches.js';

describe('desktop-caches', () => {
  it.each([
    'usr/share/mime/mime.cache',
    'usr/share/icons/hicolor/icon-theme.cache',
    'usr/share/applications/mimeinfo.cache',
    'var/lib/systemd/catalog/database',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(desktopCaches, path)).toBe('drop');
  });

  it.each([
    'usr/share/icons/hicolor/48x48/apps/x.png',
    'usr/share/mime/packages/x.xml',
    'usr/lib/x86_64-linux-gnu/gdk-pixbuf-2.0/2.10.0/loaders.cache',
    'usr/share/glib-2.0/schemas/gschemas.compiled',
  ])('keeps %s', (path) => {
    expect(judged(desktopCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(desktopCaches, 'usr/share/mime/mime.cache', 'copy')).toBe('keep');
    expect(judged(desktopCaches, 'usr/share/mime/mime.cache', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(desktopCaches, 'usr/share/mime/mime.cache', 'unknown')).toBe('drop');
  });
});
