import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { mavenBookkeeping } from './maven-bookkeeping.js';

describe('maven-bookkeeping', () => {
  it.each([
    'root/.m2/repository/g/a/1.0/_remote.repositories',
    'root/.m2/repository/g/a/1.0/a-1.0.pom.lastUpdated',
    'root/.m2/repository/g/a/resolver-status.properties',
    'root/.m2/repository/g/a/maven-metadata-central.xml.sha1',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(mavenBookkeeping, path)).toBe('drop');
  });

  it.each(['root/.m2/repository/g/a/1.0/a-1.0.jar', 'root/.m2/settings.xml', 'app/maven-metadata-local.xml'])(
    'keeps %s',
    (path) => {
      expect(judged(mavenBookkeeping, path)).toBe('keep');
    },
  );

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(mavenBookkeeping, 'root/.m2/repository/g/a/1.0/_remote.repositories', 'copy')).toBe('keep');
    expect(judged(mavenBookkeeping, 'root/.m2/repository/g/a/1.0/_remote.repositories', 'run', { mode: 0o755 })).toBe(
      'keep',
    );
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(mavenBookkeeping, 'root/.m2/repository/g/a/1.0/_remote.repositories', 'unknown')).toBe('keep');
  });
});
