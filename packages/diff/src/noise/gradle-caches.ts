import { leftBehind } from './left-behind.js';

/** What Gradle keeps to be faster the next time. */
export const gradleCaches = leftBehind({
  name: 'gradle-caches',
  reason: 'Gradle fetches and computes again what its caches lack; daemon logs and locks tell of the build.',
  example:
    '/root/.gradle/caches/8.5/… or /app/.gradle/8.5/fileHashes/…; hidden. /root/.gradle/gradle.properties, init scripts, the libraries in caches/modules-2/files-2.1, which `gradle run` loads from there, what a plugin keeps in a folder of its own in caches, or what build/ holds, are not.',
  certainty: 'run',
  below:
    /(?:^|\/)\.gradle\/(?:caches\/(?:modules-\d+(?!\/files-)|(?:jars|transforms|build-cache|journal)-\d+|keyrings|cc-keystore|\.tmp|\d[\w.+-]*)|daemon|native|notifications|buildOutputCleanup|vcs-\d+|\.tmp|workers|kotlin-profile|configuration-cache|\d+\.\d+(?:\.\d+)?)/,
  files:
    /(?:^|\/)\.gradle\/(?:file-system\.probe|caches\/(?:CACHEDIR\.TAG|user-id\.txt(?:\.lock)?|[\w.-]+\.lock)|wrapper\/dists\/.+\.(?:lck|ok))$/,
  folders: /(?:^|\/)\.gradle\/caches$/,
});
