import { describe, expect, it } from 'vitest';
import { externalImages, parseDockerfile } from './dockerfile.js';

const imagesOf = async (text: string, buildArgs = {}) => externalImages(await parseDockerfile(text), buildArgs);
const sourcesOf = async (text: string) => (await parseDockerfile(text)).sources;

describe('the images that a Dockerfile is built on', () => {
  it('are those of FROM, COPY --from and RUN --mount, without stages and scratch', async () => {
    const text = `FROM debian:12 AS build
FROM Build
COPY --from=ghcr.io/acme/tools:1 /a /a
COPY --from=0 /b /b
COPY --from=build /c /c
RUN --mount=type=bind,from=busybox:2,target=/x true
FROM scratch`;
    expect(await imagesOf(text)).toEqual(['busybox:2', 'debian:12', 'ghcr.io/acme/tools:1']);
  });

  it('have their ARGs filled in: by build arguments first, then by defaults', async () => {
    const text = ['ARG HOST=localhost:5000', 'ARG TAG', `FROM $HOST/base/\${TAG:-12}`].join('\n');
    expect(await imagesOf(text)).toEqual(['localhost:5000/base/12']);
    expect(await imagesOf(text, { HOST: 'ghcr.io', TAG: '13' })).toEqual(['ghcr.io/base/13']);
  });

  it('are left out where an ARG has no value', async () => {
    expect(await imagesOf('ARG BASE\nFROM $BASE')).toEqual([]);
  });

  it('are none for a text that is no Dockerfile', async () => {
    expect(await imagesOf('\u0000 FROM\n')).toEqual([]);
  });
});

describe('the files that a Dockerfile reads from its context', () => {
  it('are the sources of COPY and ADD, in both forms, and of bind mounts', async () => {
    const text = `FROM a
COPY --chown=1:1 src lib/*.js /app/
COPY ["with space", "/x"]
ADD data.tgz \\
    /data
RUN --mount=type=bind,source=tools,target=/t true`;
    expect(await sourcesOf(text)).toEqual(['src', 'lib/*.js', 'with space', 'data.tgz', 'tools']);
  });

  it('are not URLs, heredocs, other stages, caches and secrets', async () => {
    const text = `FROM a AS b
COPY <<EOF /x
COPY inside /y
EOF
ADD https://example.com/a /a
COPY --from=b /c /c
RUN --mount=type=cache,target=/root/.m2 --mount=type=secret,id=s true`;
    expect(await sourcesOf(text)).toEqual([]);
  });

  it('are everything where only a build argument can tell', async () => {
    expect(await sourcesOf('FROM a\nARG JAR=build/*.jar\nARG X\nCOPY $JAR /\nCOPY dist/$X /')).toEqual([
      'build/*.jar',
      'dist/**',
    ]);
  });
});
