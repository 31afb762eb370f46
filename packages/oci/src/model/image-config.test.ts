import { describe, expect, it } from 'vitest';
import { parseImageConfig } from './image-config.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const rootfs = { type: 'layers', diff_ids: [DIGEST] };
const parse = (value: unknown) => parseImageConfig(Buffer.from(JSON.stringify(value)), 'app:v1');

describe('parseImageConfig', () => {
  it('fills in every default', () => {
    expect(parse({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: null } })).toEqual({
      platform: { os: 'linux', architecture: 'amd64' },
      created: undefined,
      author: undefined,
      run: {
        user: '',
        env: [],
        entrypoint: undefined,
        cmd: undefined,
        workingDir: '/',
        exposedPorts: [],
        volumes: [],
        labels: {},
        stopSignal: undefined,
        stopTimeoutSeconds: undefined,
        healthcheck: undefined,
        shell: undefined,
        onBuild: [],
        argsEscaped: false,
      },
      diffIds: [],
      history: [],
    });
  });

  it('takes empty texts for absent ones, and a config without a platform for one of Linux', () => {
    const absent = parse({ rootfs });
    expect(absent.platform).toEqual({ os: 'linux', architecture: 'unknown' });
    const written = { os: '', architecture: '', variant: '', 'os.version': '', 'os.features': [], author: '' };
    expect(parse({ ...written, rootfs, config: { WorkingDir: '', StopSignal: '' } })).toEqual(absent);
  });

  it('reads fields in any case, as engines do, and no field in two', () => {
    expect(
      parse({ Architecture: 'arm64', config: { entrypoint: ['a'], 'wor\u212aingdir': '/b' }, RootFS: rootfs }),
    ).toMatchObject({
      platform: { architecture: 'arm64' },
      run: { entrypoint: ['a'], workingDir: '/b' },
      diffIds: [DIGEST],
    });
    expect(() => parse({ config: { Cmd: ['a'], cmd: ['b'] }, rootfs })).toThrow(
      'app:v1: config: a field is there in two spellings',
    );
  });

  it('reads every field', () => {
    const config = parse({
      architecture: 'arm64',
      os: 'windows',
      variant: 'v8',
      'os.version': '10.0.20348.1',
      'os.features': ['win32k'],
      created: '2024-01-01T00:00:00Z',
      author: 'Ann',
      config: {
        User: 'app',
        Env: ['A=1'],
        Entrypoint: ['/bin/app'],
        Cmd: 'one word',
        WorkingDir: '/srv',
        ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
        Volumes: { '/data': {} },
        Labels: { constructor: 'kept', a: 'b' },
        StopSignal: 'SIGINT',
        StopTimeout: 3,
        Healthcheck: { Test: ['CMD', 'true'], Interval: 5, Timeout: 6, StartPeriod: 7, StartInterval: 8, Retries: 2 },
        Shell: ['/bin/bash', '-c'],
        OnBuild: ['RUN x'],
        ArgsEscaped: true,
      },
      rootfs,
      history: [
        { created: '2023-01-01T00:00:00Z', created_by: 'COPY . .', comment: 'buildkit', author: 'Bob' },
        { created_by: 'ENV A=1', empty_layer: true },
      ],
    });
    expect(config).toEqual({
      platform: {
        os: 'windows',
        architecture: 'arm64',
        variant: 'v8',
        'os.version': '10.0.20348.1',
        'os.features': ['win32k'],
      },
      created: '2024-01-01T00:00:00Z',
      author: 'Ann',
      run: {
        user: 'app',
        env: ['A=1'],
        entrypoint: ['/bin/app'],
        cmd: ['one word'],
        workingDir: '/srv',
        exposedPorts: ['53/udp', '8080/tcp'],
        volumes: ['/data'],
        labels: { a: 'b', constructor: 'kept' },
        stopSignal: 'SIGINT',
        stopTimeoutSeconds: 3,
        healthcheck: {
          test: ['CMD', 'true'],
          intervalNs: 5,
          timeoutNs: 6,
          startPeriodNs: 7,
          startIntervalNs: 8,
          retries: 2,
        },
        shell: ['/bin/bash', '-c'],
        onBuild: ['RUN x'],
        argsEscaped: true,
      },
      diffIds: [DIGEST],
      history: [
        {
          created: '2023-01-01T00:00:00Z',
          createdBy: 'COPY . .',
          comment: 'buildkit',
          author: 'Bob',
          emptyLayer: false,
        },
        { createdBy: 'ENV A=1', emptyLayer: true },
      ],
    });
  });

  it('takes 0 in a health check for the default, and one without a test for none', () => {
    const healthcheck = (written: object) => parse({ rootfs, config: { Healthcheck: written } }).run.healthcheck;
    expect(healthcheck({ Test: ['CMD', 'true'], Interval: 0, Timeout: 0, Retries: 0 })).toEqual({
      test: ['CMD', 'true'],
    });
    expect(healthcheck({ Test: [], Interval: 5 })).toBeUndefined();
  });

  it('reads an empty command as none', () => {
    expect(parse({ rootfs, config: { Cmd: [], Entrypoint: null } }).run).toMatchObject({
      cmd: undefined,
      entrypoint: undefined,
    });
  });

  it('accepts history for fewer layers than there are', () => {
    expect(parse({ rootfs: { type: 'layers', diff_ids: [DIGEST, DIGEST] }, history: [{}] }).history).toHaveLength(1);
  });

  it.each([
    ['history for more layers than there are', { rootfs, history: [{}, {}] }, 'history names 2 layers, its rootfs 1'],
    ['no rootfs', { os: 'linux' }, 'rootfs'],
    ['another rootfs type', { rootfs: { type: 'windows', diff_ids: [] } }, 'rootfs.type: expected "layers"'],
    ['a bad diff ID', { rootfs: { type: 'layers', diff_ids: ['x'] } }, 'rootfs.diff_ids.0'],
    ['an environment of another type', { rootfs, config: { Env: [1] } }, 'config.Env.0'],
  ])('refuses %s', (_, value, text) => {
    expect(() => parse(value)).toThrowError(
      expect.objectContaining({ code: 'invalid', message: expect.stringMatching(/^app:v1: /) }),
    );
    expect(() => parse(value)).toThrowError(text);
  });

  it('refuses a config of absurd size', () => {
    expect(() => parseImageConfig(new Uint8Array(9 * 1024 * 1024))).toThrowError(
      expect.objectContaining({ code: 'limit' }),
    );
  });

  it('refuses more values and more layers than any image has', () => {
    const limit = expect.objectContaining({ code: 'limit' });
    expect(() => parse({ rootfs, config: { Env: Array.from({ length: 250_000 }, () => 'A') } })).toThrowError(limit);
    expect(() => parse({ rootfs: { ...rootfs, diff_ids: Array.from({ length: 501 }, () => DIGEST) } })).toThrowError(
      limit,
    );
    expect(parse({ rootfs: { ...rootfs, diff_ids: Array.from({ length: 500 }, () => DIGEST) } }).diffIds).toHaveLength(
      500,
    );
  });
});
