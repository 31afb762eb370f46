import { describe, expect, it } from 'vitest';
import { contextFolders, contextInputs, madeFiles } from './context-inputs.js';

describe('inputs for what a Dockerfile copies', () => {
  it('are named as a file and as a folder, from the workspace root', () => {
    expect(contextInputs(['src', './a.txt'], 'apps/app')).toEqual([
      '{workspaceRoot}/apps/app/src',
      '{workspaceRoot}/apps/app/src/**/*',
      '{workspaceRoot}/apps/app/a.txt',
      '{workspaceRoot}/apps/app/a.txt/**/*',
    ]);
    expect(contextInputs(['libs/x/*.js'], '')).toEqual([
      '{workspaceRoot}/libs/x/*.js',
      '{workspaceRoot}/libs/x/*.js/**/*',
    ]);
  });

  it('are the whole context for the whole context', () => {
    expect(contextInputs(['.'], 'apps/app')).toContain('{workspaceRoot}/apps/app/**/*');
    expect(contextInputs(['.'], '')).toEqual(['{workspaceRoot}/**/*']);
    expect(contextInputs(['**'], 'apps/app')).toEqual(['{workspaceRoot}/apps/app/**']);
  });

  it('never leave the context, as no build does', () => {
    expect(contextInputs(['../../etc/passwd'], 'apps/app')[0]).toBe('{workspaceRoot}/apps/app/etc/passwd');
  });
});

it('what targets have made is found by the same paths, be it a file or a folder', () => {
  expect(madeFiles(['dist', './build/libs/*.jar', '**'], 'apps/app')).toEqual([
    '{apps/app/dist,apps/app/dist/**/*}',
    '{apps/app/build/libs/*.jar,apps/app/build/libs/*.jar/**/*}',
    'apps/app/**',
  ]);
  expect(madeFiles(['.', '/'], '')).toEqual(['**/*']);
});

it('what a Dockerfile copies lies in folders, of which a pattern names the last', () => {
  const sources = ['src', 'libs/*/src', '*.json', 'a/b?', 'x/[a-z]/y', './conf/a.ini'];
  expect(contextFolders(sources, 'app')).toEqual(['app/src', 'app/libs', 'app', 'app/a', 'app/x', 'app/conf/a.ini']);
  expect(contextFolders(['**', '.'], '')).toEqual(['', '']);
});
