import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { file, layerAt } from '../testing/literal-tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { gemCaches } from './gem-caches.js';

describe('gem-caches', () => {
  it.each(['var/lib/gems/3.1.0/', 'usr/local/bundle/', 'usr/lib/ruby/gems/3.1.0/', 'app/vendor/bundle/ruby/3.1.0/'])(
    'drops the packed gem of one that is installed in %s, and keeps one that was only fetched',
    (home) => {
      const layer = layerAt(1, 'run');
      const packed = { ...file(`${home}cache/x-1.0.0.gem`, 'x'), layer };
      const installed = (name: string) => treeOf([packed, { ...file(`${home}specifications/${name}.gemspec`), layer }]);
      expect(gemCaches.judge(packed, installed('x-1.0.0'))).toBe('drop');
      expect(gemCaches.judge(packed, installed('x-0.9.0'))).toBe('keep');
    },
  );

  it('drops the index of the server, which a RUN left', () => {
    expect(judged(gemCaches, 'root/.local/share/gem/specs/rubygems.org%443/specs.4.8')).toBe('drop');
  });

  it.each([
    'app/vendor/cache/x-1.0.0.gem',
    'var/lib/gems/3.1.0/gems/x-1.0.0/lib/x.rb',
    'var/lib/gems/3.1.0/specifications/x-1.0.0.gemspec',
    'root/.bundle/config',
  ])('keeps %s', (path) => {
    expect(judged(gemCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(gemCaches, 'var/lib/gems/3.1.0/cache/x-1.0.0.gem', 'copy')).toBe('keep');
    expect(judged(gemCaches, 'var/lib/gems/3.1.0/cache/x-1.0.0.gem', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(gemCaches, 'var/lib/gems/3.1.0/cache/x-1.0.0.gem', 'unknown')).toBe('keep');
  });

  it.each(['root/.bundle/cache'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(gemCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(gemCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
