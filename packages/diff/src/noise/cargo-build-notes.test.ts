import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { cargoBuildNotes } from './cargo-build-notes.js';

const SESSION = 'app/target/debug/incremental/r-2dxjw87p840na/s-hoeaa4iegn-fn345d';

describe('cargo-build-notes', () => {
  it.each([
    'app/target/.rustc_info.json',
    'app/target/release/.fingerprint/my-crate-eebdee7d416f5ee5/lib-my_crate.json',
    `${SESSION}-38gumyay59k27/15m96nyxw9hh1ct6.o`,
    `${SESSION}-38gumyay59k27/dep-graph.bin`,
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(cargoBuildNotes, path)).toBe('drop');
  });

  it.each([
    'app/target/release/app',
    'app/target/release/deps/libapp-eebdee7d416f5ee5.rlib',
    'app/target/release/build/app-eebdee7d416f5ee5/output',
    'app/target/debug/incremental/README',
    'app/target/debug/incremental/r-2dxjw87p840na/other/15m96nyxw9hh1ct6.o',
    'app/.fingerprint/data.json',
  ])('keeps %s', (path) => {
    expect(judged(cargoBuildNotes, path)).toBe('keep');
  });

  it('drops the lock of a session, which is empty, and keeps one that is not', () => {
    expect(judged(cargoBuildNotes, `${SESSION}.lock`, 'run', { mode: 0o700, size: 0 })).toBe('drop');
    expect(judged(cargoBuildNotes, `${SESSION}.lock`, 'run', { mode: 0o700, size: 9 })).toBe('keep');
    expect(judged(cargoBuildNotes, `${SESSION}.lock`, 'copy', { mode: 0o700, size: 0 })).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, what can be run, and what is in a layer of unknown origin', () => {
    expect(judged(cargoBuildNotes, 'app/target/.rustc_info.json', 'copy')).toBe('keep');
    expect(judged(cargoBuildNotes, 'app/target/.rustc_info.json', 'run', { mode: 0o755 })).toBe('keep');
    expect(judged(cargoBuildNotes, 'app/target/.rustc_info.json', 'unknown')).toBe('keep');
  });

  it('drops the folder of a session, unless others may write to it', () => {
    const folder = `${SESSION}-38gumyay59k27`;
    expect(judged(cargoBuildNotes, folder, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(cargoBuildNotes, folder, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
