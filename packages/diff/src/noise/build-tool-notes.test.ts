import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { file, layerAt } from '../testing/literal-tree.js';
import type { TreeEntry } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { buildToolNotes } from './build-tool-notes.js';

describe('build-tool-notes', () => {
  it.each([
    'src/build/CMakeFiles/CMakeOutput.log',
    'src/build/CMakeFiles/CMakeConfigureLog.yaml',
    'src/build/Testing/Temporary/LastTest.log',
    'src/build/Testing/Temporary/CTestCostData.txt',
    'app/target/surefire-reports/TEST-acme.ATest.xml',
    'app/target/surefire-reports/acme.ATest.txt',
    'src/out/.ninja_log',
    'src/out/.ninja_deps',
    'src/autom4te.cache/requests',
    'src/autom4te.cache/traces.0',
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
    'app/target/test-classes/acme/ATest.class',
    'app/surefire-reports/acme.ATest.txt',
    'src/config.log',
    'src/CMakeOutput.log',
    'src/LastTest.log',
  ])('keeps %s', (path) => {
    expect(judged(buildToolNotes, path)).toBe('keep');
  });

  it('drops config.log beside the script that configure writes', () => {
    const [log, script] = ['src/config.log', 'src/config.status'].map((path) => ({
      ...file(path),
      layer: layerAt(1, 'run'),
    })) as [TreeEntry, TreeEntry];
    expect(buildToolNotes.judge(log, treeOf([log, script]))).toBe('drop');
  });

  it('keeps what a Dockerfile copied there, what can be run, and what is in a layer of unknown origin', () => {
    expect(judged(buildToolNotes, 'src/out/.ninja_log', 'copy')).toBe('keep');
    expect(judged(buildToolNotes, 'src/out/.ninja_log', 'run', { mode: 0o755 })).toBe('keep');
    expect(judged(buildToolNotes, 'src/out/.ninja_log', 'unknown')).toBe('keep');
  });
});
