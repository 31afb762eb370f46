import { describe, expect, it } from 'vitest';
import { layerOrigins, originOf } from './origins.js';

const line = (createdBy: string | undefined, emptyLayer = false) => ({ createdBy, emptyLayer });

describe('the origin of a layer', () => {
  it.each([
    ['/bin/sh -c #(nop) COPY file:0123 in /app/run ', 'copy'],
    ['/bin/sh -c #(nop) ADD file:0123 in / ', 'copy'],
    ['/bin/bash -o pipefail -c #(nop) COPY dir:0123 in /app', 'copy'],
    ['COPY run /app/run # buildkit', 'copy'],
    ['ADD rootfs.tar / # buildkit', 'copy'],
    ['RUN /bin/sh -c apt-get update # buildkit', 'run'],
    ['RUN |1 A=b /bin/sh -c true # buildkit', 'run'],
    ['/bin/sh -c apt-get update', 'run'],
    ['/bin/bash -eo pipefail -c true', 'run'],
    ['/bin/ash -euxc true', 'run'],
    ['|1 BUILD_ID=1041 /bin/sh -c chmod 755 /app/run.sh', 'run'],
    ['|2 A=some words B=2 /bin/sh -c true', 'run'],
    ['cmd /S /C mkdir c:\\app', 'run'],
    ['/bin/sh -c #(nop) WORKDIR /app', 'run'],
    ['WORKDIR /app', 'run'],
    ['bazel build //app', 'unknown'],
    ['/opt/publish -c all', 'unknown'],
    ['', 'unknown'],
  ])('%j is %s', (createdBy, origin) => {
    expect(originOf(createdBy)).toBe(origin);
  });

  it('is taken from the lines that made a layer, in order', () => {
    const history = [line('ADD rootfs /'), line('ENV A=1', true), line('/bin/sh -c true')];
    expect(layerOrigins(2, history).map((layer) => layer.origin)).toEqual(['unknown', 'run']);
  });

  it('is unknown for every layer where the history counts another number of them', () => {
    expect(layerOrigins(2, [line('/bin/sh -c true')]).map((layer) => layer.origin)).toEqual(['unknown', 'unknown']);
    expect(layerOrigins(1, [])).toEqual([{ index: 0, origin: 'unknown' }]);
  });

  it('is unknown for the layer of a RUN into which a builder squashed the COPY before it', () => {
    const history = [
      line('ADD rootfs /'),
      line('COPY app /app', true),
      line('/bin/sh -c true'),
      line('/bin/sh -c true'),
    ];
    expect(layerOrigins(3, history).map((layer) => layer.origin)).toEqual(['unknown', 'unknown', 'run']);
  });

  it.each([
    ['/bin/sh -c #(nop) ADD file:0123 in / ', 'COPY app /app # buildkit', 'unknown'],
    ['ADD alpine-minirootfs.tar.gz / # buildkit', '/bin/sh -c apk add curl', 'unknown'],
    ['COPY /rootfs/ / # buildkit', '/bin/sh -c dnf install -y jq', 'unknown'],
    // What no command runs in may be an application and nothing else.
    ['COPY /out/ / # buildkit', 'COPY settings.yaml /etc/ # buildkit', 'copy'],
    ['ADD file:0123 in /srv', '/bin/sh -c true', 'copy'],
  ])('of %j below %j is %s: a root file system is not what a Dockerfile ships', (bottom, upper, origin) => {
    expect(layerOrigins(2, [line(bottom), line('ENV A=1', true), line(upper)])[0]?.origin).toBe(origin);
  });

  it.each(['COPY / / # buildkit', 'COPY --from=build / /'])(
    'of %j at the bottom is unknown: that is all of another stage in one layer',
    (copied) => {
      expect(layerOrigins(1, [line(copied)])[0]?.origin).toBe('unknown');
      expect(layerOrigins(2, [line(copied), line('COPY app /app # buildkit')])[0]?.origin).toBe('unknown');
    },
  );

  it('is copy where it is the only one, or lies on another', () => {
    expect(layerOrigins(1, [line('ADD app.tar / # buildkit')])[0]?.origin).toBe('copy');
    const on = layerOrigins(3, [line('ADD rootfs /'), line('COPY --from=build / / # buildkit'), line('RUN a')]);
    expect(on.map((layer) => layer.origin)).toEqual(['unknown', 'copy', 'run']);
  });

  it('has the place that a COPY went to, by the working directory that the history names', () => {
    const history = [
      line('COPY a . # buildkit'),
      line('WORKDIR /srv/app', true),
      line('COPY b ./ # buildkit'),
      line('RUN true # buildkit'),
    ];
    expect(layerOrigins(3, history).map((layer) => layer.copiedTo)).toEqual([undefined, 'srv/app', undefined]);
  });
});
