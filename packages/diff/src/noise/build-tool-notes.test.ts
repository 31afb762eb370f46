import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { buildToolNotes } from './build-tool-notes.js';

describe('build-tool-notes', () => {
  it.each([
    'src/build/CMakeFiles/CMakeOutput.log',
    'src/build/CMakeFiles/CMakeConfigureLog.yaml',
    'src/build/Testing/Temporary/LastTest.log',
    'src/build/Testing/Temporary/CTestCostData.txt',
    'src/out/.ninja_log',
    'src/out/.ninja_deps',
    'src/autom4te.cache/requests',
    'src/autom4te.cache/traces.0',
    'src/config.log',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(buildToolNotes, path)).toBe('drop');
  });

  it.each([
    'src/build/CMakeCache.txt',
    'src/build/CMakeFiles/m.dir/flags.make',
    'src/out/build.ninja',
    'src/config.h',
    'src/config.status',
    'src/app-config.log',
    'src/CMakeOutput.log',
    'src/LastTest.log',
  ])('keeps %s', (path) => {
    expect(judged(buildToolNotes, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, what can be run, and what is in a layer of unknown origin', () => {
    expect(judged(buildToolNotes, 'src/config.log', 'copy')).toBe('keep');
    expect(judged(buildToolNotes, 'src/config.log', 'run', { mode: 0o755 })).toBe('keep');
    expect(judged(buildToolNotes, 'src/config.log', 'unknown')).toBe('keep');
  });
});
