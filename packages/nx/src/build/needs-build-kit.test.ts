import { expect, it } from 'vitest';
import { needsBuildKit } from './needs-build-kit.js';

it.each([
  ['a mount', 'FROM a\nRUN --mount=type=cache,target=/c make\n'],
  ['a flag after a continued line', 'FROM a\nCOPY --chown=1 \\\n  --chmod=755 a b\n'],
  ['a linked copy', 'from a\ncopy --link a b\n'],
  ['a here-document', 'FROM a\nRUN <<EOF\nmake\nEOF\n'],
  ['a file from a here-document', 'FROM a\nCOPY <<"EOF" /etc/x\nx\nEOF\n'],
  ['the platform of the machine that builds', 'FROM --platform=$BUILDPLATFORM a AS b\nFROM c\n'],
  ['the platform in a variable', 'FROM a\nARG V=1 TARGETARCH\nRUN get tool-$TARGETARCH\n'],
  ['another language', '# syntax=example.com/frontend:1\nhello\n'],
])('%s needs BuildKit', (_, text) => {
  expect(needsBuildKit(text, {})).toBe(true);
  expect(needsBuildKit(text, { DOCKER_BUILDKIT: '0' })).toBe(false);
});

it("an ordinary Dockerfile does not, whatever version of Docker's language it names, unless DOCKER_BUILDKIT says so", () => {
  const text =
    '# syntax=docker/dockerfile:1\nFROM a\nCOPY --chown=1 --from=b a b\nARG TARGET\nRUN cat < a && echo $((1 << 2)) TARGETARCH\n';
  expect(needsBuildKit(text, {})).toBe(false);
  expect(needsBuildKit(text, { DOCKER_BUILDKIT: '1' })).toBe(true);
});
