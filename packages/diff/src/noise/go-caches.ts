import { leftBehind } from './left-behind.js';

/** What Go keeps to be faster the next time. */
export const goCaches = leftBehind({
  name: 'go-caches',
  reason: 'go fetches and compiles again what its caches lack; what runs is the binary that it built.',
  example:
    '/root/.cache/go-build/3f/… or /go/pkg/mod/cache/…; hidden. /go/bin/app, or a source in /go/pkg/mod, is not.',
  certainty: 'run',
  below: /(?:^|\/)(?:\.cache\/(?:go-build|golangci-lint)|pkg\/mod\/cache\/(?:download|vcs)|pkg\/sumdb)/,
  files: /(?:^|\/)pkg\/mod\/cache\/lock$/,
  folders: /(?:^|\/)pkg\/mod\/cache$/,
});
