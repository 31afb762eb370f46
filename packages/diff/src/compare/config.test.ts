import { describe, expect, it } from 'vitest';
import { configOf } from '../testing/literal-config.js';
import { compareConfigs } from './config.js';

const ignored = new Set(['org.opencontainers.image.created']);
const drawn = (...[before, after]: [Parameters<typeof configOf>, Parameters<typeof configOf>]) =>
  compareConfigs(configOf(...before), configOf(...after), ignored).changes.map(
    ({ category, action, subject, detail }) => `${category} ${action} ${subject}: ${detail}`,
  );

describe('two configs', () => {
  it('differ in a variable, and say how', () => {
    expect(drawn([{ env: ['FOO=1', 'A=x', 'B='] }], [{ env: ['A=x', 'FOO=2', 'C=z'] }])).toEqual([
      'configuration removed ENV B: (empty)',
      'configuration added ENV C: z',
      'configuration modified ENV FOO: 1 -> 2',
    ]);
  });

  it.each(['DB_PASSWORD', 'GITHUB_TOKEN', 'api_key', 'SIGNING_KEY', 'AWS_SECRET_ACCESS_KEY'])(
    'never show the value of %s',
    (name) => {
      const said = drawn([{ env: [`${name}=hunter1`] }], [{ env: [`${name}=hunter2`] }]);
      expect(said).toEqual([`configuration modified ENV ${name}: value not shown`]);
    },
  );

  it('never show the password of an address', () => {
    expect(drawn([{}], [{ env: ['DB=postgres://me:hunter2@db/x'] }])).toEqual([
      'configuration added ENV DB: postgres://me:***@db/x',
    ]);
  });

  it('differ in everything that a container runs with', () => {
    const healthcheck = (retries: number) => ({ healthcheck: { test: ['CMD', 'true'], intervalNs: 5e9, retries } });
    expect(
      drawn(
        [{ entrypoint: ['/a'], cmd: ['b'], user: 'app', workingDir: '/app', ...healthcheck(2) }],
        [
          {
            entrypoint: ['/a', 'x'],
            user: 'root',
            exposedPorts: ['80/tcp'],
            volumes: ['/v'],
            stopSignal: 'SIGINT',
            ...healthcheck(3),
          },
        ],
      ),
    ).toEqual([
      'configuration removed CMD: ["b"]',
      'configuration modified ENTRYPOINT: ["/a"] -> ["/a","x"]',
      'configuration added EXPOSE 80/tcp: ',
      'configuration modified HEALTHCHECK: ["CMD","true"] interval=5s retries=2 -> ["CMD","true"] interval=5s retries=3',
      'configuration added STOPSIGNAL: SIGINT',
      'configuration modified USER: app -> root',
      'configuration added VOLUME /v: ',
      'configuration modified WORKDIR: /app -> /',
    ]);
    expect(drawn([{ shell: ['/bin/sh'], onBuild: ['RUN x'] }], [{ stopTimeoutSeconds: 5 }])).toHaveLength(3);
  });

  it('differ in escaped arguments only on Windows, since BuildKit sets that everywhere and nothing else reads it', () => {
    const windows = { platform: { os: 'windows', architecture: 'amd64' } };
    expect(drawn([{}, windows], [{ argsEscaped: true }, windows])).toEqual(['configuration added ARGSESCAPED: ']);
    expect(drawn([{}], [{ argsEscaped: true }])).toEqual([]);
  });

  it('differ in platform and in labels, which are metadata', () => {
    const arm = { platform: { os: 'linux', architecture: 'arm64' } };
    expect(drawn([{ labels: { tier: '1' } }], [{ labels: { tier: '2' } }, arm])).toEqual([
      'metadata modified LABEL tier: 1 -> 2',
      'configuration modified PLATFORM: ["linux","amd64","",""] -> ["linux","arm64","",""]',
    ]);
  });

  it('do not differ in when they were built, in order of variables, and in how the root folder and a port are written', () => {
    const one = configOf(
      {
        labels: { 'org.opencontainers.image.created': '1' },
        env: ['A=1', 'B=2'],
        workingDir: '',
        exposedPorts: ['80'],
      },
      { created: '2026' },
    );
    const two = configOf({
      labels: { 'org.opencontainers.image.created': '2' },
      env: ['B=2', 'A=1'],
      workingDir: '/',
      exposedPorts: ['80/tcp'],
    });
    const { changes, noise } = compareConfigs(one, two, ignored);
    expect(changes).toEqual([]);
    expect(noise).toMatchObject([
      { rule: 'build-labels', count: 1, examples: ['LABEL org.opencontainers.image.created'] },
    ]);
  });
});
