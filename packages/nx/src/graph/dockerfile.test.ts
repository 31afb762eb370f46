import { describe, expect, it } from 'vitest';
import { parseDockerfile } from './dockerfile.js';
import { contextSources, externalImages } from './dockerfile-values.js';

const imagesOf = async (text: string, buildArgs = {}) => externalImages(await parseDockerfile(text), buildArgs);
const sourcesOf = async (text: string, buildArgs = {}) => contextSources(await parseDockerfile(text), buildArgs);

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

  it('have all ARGs of one line filled in', async () => {
    expect(await imagesOf('ARG NODE=20 ALPINE="3.19"\nFROM node:$NODE-alpine$ALPINE')).toEqual(['node:20-alpine3.19']);
  });

  it('are not the stage that an ARG chooses', async () => {
    const text = `ARG ENV=prod
FROM a AS env-prod
FROM b AS env-dev
FROM env-\${ENV}`;
    expect(await imagesOf(text)).toEqual(['a', 'b']);
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

  it('are those that the build arguments choose, before the defaults', async () => {
    const text = 'ARG APP=api\nFROM a\nARG APP\nARG LIB=x\nCOPY apps/$APP libs/${LIB:-none} /';
    expect(await sourcesOf(text)).toEqual(['apps/api', 'libs/x']);
    expect(await sourcesOf(text, { APP: 'worker', LIB: 'y' })).toEqual(['apps/worker', 'libs/y']);
  });

  it('have variables filled in that are made of others, or come from the stage below', async () => {
    const text = `ARG ROOT=libs
FROM a AS base
ARG ROOT
ENV SHARED=$ROOT/shared
FROM base
ARG PART=$SHARED/part
COPY $PART /x`;
    expect(await sourcesOf(text)).toEqual(['libs/shared/part']);
  });

  it('are taken without their quotes, and from beside a heredoc', async () => {
    const text = `FROM a
COPY "x" 'y' /z/
COPY <<EOF conf /etc/
not this
EOF`;
    expect(await sourcesOf(text)).toEqual(['x', 'y', 'conf']);
  });
});
