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

  it.each([
    'DB_PASSWORD',
    'GITHUB_TOKEN',
    'api_key',
    'SIGNING_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'GPG_PASSPHRASE',
    'encryptionKey',
    'com.acme.key',
  ])('never show the value of %s', (name) => {
    const said = drawn([{ env: [`${name}=hunter1`] }], [{ env: [`${name}=hunter2`] }]);
    expect(said).toEqual([`configuration modified ENV ${name}: value not shown`]);
  });

  it('never show the password of an address', () => {
    expect(drawn([{}], [{ env: ['DB=postgres://me:hunter2@db/x'] }])).toEqual([
      'configuration added ENV DB: postgres://me:***@db/x',
    ]);
  });

  it.each([
    ['Server=db;User=sa;Password=hunter2;', 'Server=db;User=sa;Password=***;'],
    ['-Djavax.net.ssl.keyStorePassword=hunter2 -Xmx1g', '-Djavax.net.ssl.keyStorePassword=*** -Xmx1g'],
    ['AccountName=a;AccountKey=hunter2==', 'AccountName=a;AccountKey=***'],
    ['//registry/:_authToken=hunter2', '//registry/:_authToken=***'],
    ['https://a.blob/x?sig=hunter2&sp=r', 'https://a.blob/x?sig=***&sp=r'],
    ['Authorization: Bearer hunter2', 'Authorization: Bearer ***'],
    ['-----BEGIN RSA PRIVATE KEY-----\nhunter2\n', '-----BEGIN RSA PRIVATE KEY-----***'],
    ['{"password": "hunter2", "user": "me"}', '{"password": "***", "user": "me"}'],
  ])('never show what a value says is a secret: %j', (value, shown) => {
    expect(drawn([{}], [{ env: [`X=${value}`] }])).toEqual([`configuration added ENV X: ${shown}`]);
  });

  it('never show what a command line says is a secret', () => {
    const cmd = [
      'app',
      '--db-password=hunter2',
      '--api-token',
      'hunter2',
      "sh -c 'x --password hunter2'",
      '{"token":"hunter2"}',
    ];
    const said = drawn([{}], [{ cmd }]);
    expect(said[0]).toContain('["app","--db-password=***","--api-token","***",');
    expect(said.join()).not.toContain('hunter2');
  });

  it('take no longer than the length of a value asks for to find what is secret', () => {
    for (const part of ['://a:', '-', '--token ', 'token', 'basic ', '-----BEGIN A']) {
      expect(drawn([{}], [{ env: [`X=${part.repeat(50_000)}`] }])).toHaveLength(1);
    }
  });

  it('say where they differ if it is not shown', () => {
    expect(drawn([{ env: ['DB=postgres://me:hunter1@db/x'] }], [{ env: ['DB=postgres://me:hunter2@db/x'] }])).toEqual([
      'configuration modified ENV DB: postgres://me:***@db/x, in a part that is not shown',
    ]);
  });

  it('show of long values the part that differs', () => {
    const path = '/usr/local/bin:'.repeat(20);
    const [said] = drawn([{ env: [`PATH=${path}/a`] }], [{ env: [`PATH=${path}/b`] }]);
    expect(said).toMatch(/^configuration modified ENV PATH: ….{40}a -> ….{40}b$/);
  });

  it('differ in a variable that is unset and one that is empty, and in features of the system', () => {
    expect(drawn([{ env: ['FOO'] }], [{ env: ['FOO='] }])).toEqual([
      'configuration added ENV FOO: (empty)',
      'configuration removed UNSET FOO: ',
    ]);
    const windows = (...features: string[]) => ({
      platform: { os: 'windows', architecture: 'amd64', 'os.features': features },
    });
    expect(drawn([{}, windows('win32k')], [{}, windows()])).toEqual([
      'configuration modified PLATFORM: ["windows","amd64","","","win32k"] -> ["windows","amd64","",""]',
    ]);
    expect(drawn([{}, windows('a', 'b')], [{}, windows('b', 'a')])).toEqual([]);
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

  it.each(['intervalNs', 'timeoutNs', 'startPeriodNs', 'startIntervalNs', 'retries'])(
    'differ in %s of a health check',
    (name) => {
      const healthcheck = { test: ['CMD', 'true'] };
      expect(drawn([{ healthcheck }], [{ healthcheck: { ...healthcheck, [name]: 1e9 } }])).toHaveLength(1);
    },
  );

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
