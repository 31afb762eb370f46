import { leftBehind } from './left-behind.js';

/** Where Maven took an artifact from, and when it last asked. */
export const mavenBookkeeping = leftBehind({
  name: 'maven-bookkeeping',
  reason:
    'Maven notes beside each artifact where and when it was fetched, or was not; what is built and run is the artifact.',
  example:
    '/root/.m2/repository/…/_remote.repositories has another date; hidden. A jar or a pom in the repository is not.',
  certainty: 'run',
  files:
    /(?:^|\/)\.m2\/repository\/(?:.+\/)?(?:_remote\.repositories|_maven\.repositories|[^/]+\.lastUpdated|resolver-status\.properties|m2e-lastUpdated\.properties|maven-metadata-[^/]+\.xml(?:\.sha1)?)$/,
});
