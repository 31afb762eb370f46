import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { gradleCaches } from './gradle-caches.js';

describe('gradle-caches', () => {
  it.each([
    'root/.gradle/caches/8.5/generated-gradle-jars/x.jar',
    'root/.gradle/caches/modules-2/metadata-2.106/x',
    'root/.gradle/caches/jars-9/0a1b/x.jar',
    'root/.gradle/caches/9.0-rc-1/kotlin-dsl/x',
    'root/.gradle/caches/journal-1/file-access.bin',
    'root/.gradle/caches/modules-2/modules-2.lock',
    'root/.gradle/caches/CACHEDIR.TAG',
    'root/.gradle/daemon/8.5/daemon-1.out.log',
    'app/.gradle/8.5/fileHashes/fileHashes.bin',
    'app/.gradle/file-system.probe',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(gradleCaches, path)).toBe('drop');
  });

  it.each([
    'root/.gradle/gradle.properties',
    'root/.gradle/init.d/x.gradle',
    'app/build/libs/app.jar',
    'root/.gradle/caches/modules-2/files-2.1/org.x/x/1.0/0a1b/x-1.0.jar',
    'root/.gradle/caches/fabric-loom/1.20.4/minecraft-server.jar',
    'root/.gradle/caches/run-task-jars/paper/jars/1.20.4/496.jar',
    'root/.gradle/wrapper/dists/gradle-8.5-bin/x/gradle-8.5/lib/x.jar',
  ])('keeps %s', (path) => {
    expect(judged(gradleCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(gradleCaches, 'root/.gradle/caches/8.5/x', 'copy')).toBe('keep');
    expect(judged(gradleCaches, 'root/.gradle/caches/8.5/x', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(gradleCaches, 'root/.gradle/caches/8.5/x', 'unknown')).toBe('keep');
  });

  it.each(['app/.gradle/buildOutputCleanup'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(gradleCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(gradleCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
