import { describe, expect, it } from 'vitest';
import { checkPrefixes, parsePrefix, variablePrefix } from './prefix.js';

describe('the variable prefix of a project', () => {
  it.each([
    ['app', 'app'],
    ['svc-bgs-api', 'svcbgsapi'],
    ['@acme/my-app', 'acme_myapp'],
    ['web.api', 'web_api'],
    [':apps:api', '_apps_api'],
    ['3scale', '_3scale'],
    ['-2-x', '_2x'],
  ])('%s has %s', (project, prefix) => {
    expect(variablePrefix(project)).toBe(prefix);
    expect(parsePrefix(prefix, project)).toBe(prefix);
  });

  it('is an error for a name of which nothing is left', () => {
    expect(() => variablePrefix('---')).toThrowError(/No shell variable can be named after project "---"/);
  });

  it.each(['', '1a', 'a-b', 'a b', 'a$(ls)'])('cannot be set to %j', (prefix) => {
    expect(() => parsePrefix(prefix, 'app')).toThrowError(/varPrefix of project app: expected letters, digits and _/);
  });

  it('is an error naming both projects that have the same one', () => {
    const images = [
      { project: 'db-init', prefix: 'dbinit' },
      { project: 'app', prefix: 'app' },
      { project: 'dbinit', prefix: 'dbinit' },
    ];
    expect(() => checkPrefixes(images)).toThrowError(
      /Projects db-init and dbinit both have the variable prefix dbinit/,
    );
    expect(() => checkPrefixes(images.slice(0, 2))).not.toThrow();
  });
});
