import { describe, expect, it } from 'vitest';
import { contextFolders, contextInputs, madeFiles } from './context-inputs.js';

describe('inputs for what a Dockerfile copies', () => {
  it('are named by the project root inside of the project', () => {
    expect(contextInputs(['src', './a.txt'], 'apps/app', 'apps/app')).toEqual([
      '{projectRoot}/src',
      '{projectRoot}/src/**/*',
      '{projectRoot}/a.txt',
      '{projectRoot}/a.txt/**/*',
    ]);
  });

  it('are named by the workspace root outside of it', () => {
    expect(contextInputs(['libs/x/*.js', 'apps/app/src'], '', 'apps/app')).toEqual([
      '{workspaceRoot}/libs/x/*.js',
      '{workspaceRoot}/libs/x/*.js/**/*',
      '{projectRoot}/src',
      '{projectRoot}/src/**/*',
    ]);
  });

  it('are the whole project for the whole context', () => {
    expect(contextInputs(['.'], 'apps/app', 'apps/app')).toEqual(['{projectRoot}/**/*']);
  });

  it('are the whole workspace for the whole workspace', () => {
    expect(contextInputs(['.'], '', 'apps/app')).toEqual(['{projectRoot}/**/*', '{workspaceRoot}/**/*']);
  });

  it('never leave the context, as no build does', () => {
    expect(contextInputs(['../../etc/passwd'], 'apps/app', 'apps/app')).toEqual([
      '{projectRoot}/etc/passwd',
      '{projectRoot}/etc/passwd/**/*',
    ]);
  });

  it('tell a folder from one whose name begins alike', () => {
    expect(contextInputs(['apps/app-two'], '', 'apps/app')[0]).toBe('{workspaceRoot}/apps/app-two');
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
