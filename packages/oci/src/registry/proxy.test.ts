import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EMPTY_ENVIRONMENT, registryFixture } from '../testing/registry-fixture.js';
import { proxyRules } from './proxy.js';

describe('proxyRules', () => {
  const [HTTP_PROXY, HTTPS_PROXY] = ['http://plain.example:3128', 'http://tls.example:3128'];
  const proxyFor = (url: string, env: Record<string, string>) => proxyRules(env)(new URL(url));

  it("take the proxy of the URL's scheme, and no other", () => {
    expect(proxyFor('http://h.example', { HTTP_PROXY, HTTPS_PROXY })).toBe(HTTP_PROXY);
    expect(proxyFor('https://h.example', { HTTP_PROXY, HTTPS_PROXY })).toBe(HTTPS_PROXY);
    expect(proxyFor('https://h.example', { HTTP_PROXY })).toBeUndefined();
    expect(proxyFor('http://h.example', { HTTP_PROXY: '', http_proxy: HTTPS_PROXY })).toBe(HTTPS_PROXY);
    expect(proxyFor('http://h.example', { HTTP_PROXY, http_proxy: HTTPS_PROXY })).toBe(HTTPS_PROXY);
  });

  it('take a proxy without a scheme for one that is spoken to by HTTP', () => {
    expect(proxyFor('http://h.example', { HTTP_PROXY: 'proxy.example:3128' })).toBe('http://proxy.example:3128');
    expect(proxyFor('http://h.example', { HTTP_PROXY: 'me:pw@proxy:80' })).toBe('http://me:pw@proxy:80');
  });

  it.each(['ftp://me:secret@proxy', 'http://me:secret@[', ':secret', 'http://me:secret%@proxy'])(
    'refuse %s, without showing it',
    (url) => {
      const error = (() => {
        try {
          return proxyRules({ HTTPS_PROXY: url });
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining('HTTPS_PROXY') });
      expect(String(error)).not.toContain('secret');
    },
  );

  it.each([
    ['http://10.1.2.3:5000', '10.0.0.0/8', true],
    ['http://11.1.2.3:5000', '10.0.0.0/8', false],
    ['http://10.1.2.3:5000', '10.1.2.3', true],
    ['http://10.1.2.30', '10.1.2.3', false],
    ['http://10.1.2.3:5000', '10.1.2.3:5000', true],
    ['http://10.1.2.3:5000', '10.1.2.3:80', false],
    ['http://[fd00::1]:5000', 'fd00::/8', true],
    ['http://[fd00::1]:5000', 'fd00::1', true],
    ['http://[fd00::1]:5000', '[fd00::1]', true],
    ['http://[fd00::1]:5000', '[fd00::1]:5000', true],
    ['http://[fd00::1]:5000', '10.0.0.0/8,::1', false],
    ['http://r.corp.example', 'corp.example', true],
    ['http://r.corp.example', '.corp.example', true],
    ['http://r.corp.example', '*.corp.example', true],
    ['http://corp.example', '.corp.example', true],
    ['http://R.CORP.example', 'Corp.Example', true],
    ['http://mycorp.example', 'corp.example', false],
    ['http://r.corp.example', 'corp.example:80', true],
    ['https://r.corp.example', 'corp.example:80', false],
    ['http://h.example', 'localhost, other.example  h.example', true],
    ['http://h.example', 'localhost,*', true],
    ['http://h.example', ' , ,', false],
    ['http://h.example', '10.0.0.0/999,300.0.0.0/8', false],
  ])('ask %s with NO_PROXY=%s directly: %s', (url, NO_PROXY, isDirect) => {
    const asked = proxyFor(url, { HTTP_PROXY, HTTPS_PROXY, NO_PROXY });
    expect(asked === undefined).toBe(isDirect);
  });
});

describe('a client behind a proxy', () => {
  it('asks it for all but loopback and what NO_PROXY names', async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer((request: IncomingMessage, response) => {
      asked.push(request.url);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    const env = { ...EMPTY_ENVIRONMENT, HTTP_PROXY: `127.0.0.1:${port}`, NO_PROXY: 'direct.invalid' };
    const insecureRegistries = ['registry.invalid', 'direct.invalid'];
    const { client, repository } = await registryFixture({}, { env, insecureRegistries, retries: 0 });
    expect(await client.repository('registry.invalid/app').resolve('v1')).toBeUndefined();
    expect(await repository.resolve('v1')).toBeUndefined();
    for (const host of ['direct.invalid', 'tls.invalid']) {
      await expect(client.repository(`${host}/app`).resolve('v1')).rejects.toMatchObject({ code: 'unreachable' });
    }
    expect(asked).toEqual(['http://registry.invalid/v2/app/manifests/v1']);
  });
});
