import { describe, expect, it } from 'vitest';
import { readProxies } from './proxies.js';

const proxied = (noProxy: string, url: string): boolean =>
  readProxies({ HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'http://proxy:3128', NO_PROXY: noProxy })(
    new URL(url),
  ) !== undefined;

describe('proxies', () => {
  it('are those of the protocol, in lower case first', () => {
    const proxies = readProxies({ HTTP_PROXY: 'http://upper:1', http_proxy: 'lower:2', https_proxy: '' });
    expect(proxies(new URL('http://registry.example/v2/'))?.href).toBe('http://lower:2/');
    expect(proxies(new URL('https://registry.example/v2/'))).toBeUndefined();
  });

  it('are never asked for what is on this machine', () => {
    for (const host of ['localhost:5000', '127.0.0.1:5000', '[::1]:5000']) {
      expect(proxied('', `http://${host}/v2/`), host).toBe(false);
    }
  });

  it.each([
    ['*', 'registry.example', false],
    ['registry.example', 'registry.example', false],
    ['REGISTRY.example', 'registry.example', false],
    ['example', 'registry.example', false],
    ['registry.example', 'myregistry.example', true],
    ['.example', 'registry.example', false],
    ['*.example', 'registry.example', false],
    ['.registry.example', 'registry.example', true],
    ['other.example, registry.example', 'registry.example', false],
    ['other.example registry.example', 'registry.example', false],
    ['registry.example:443', 'registry.example', false],
    ['registry.example:5000', 'registry.example', true],
    ['registry.example:5000', 'registry.example:5000', false],
    ['10.0.0.0/8', '10.1.2.3:5000', false],
    ['10.0.0.0/8', '11.1.2.3', true],
    ['10.0.0.0/8', 'registry.example', true],
    ['10.1.2.3', '10.1.2.3', false],
    ['fd00::/8', '[fd12::1]:5000', false],
    ['fd12::1', '[fd12::1]:5000', false],
    ['[fd12::1]:443', '[fd12::1]', false],
    ['[fd12::1]:443', '[fd12::1]:5000', true],
    ['no such thing/99', 'registry.example', true],
    ['', 'registry.example', true],
  ])('by NO_PROXY %j: https://%s is proxied: %s', (noProxy, host, expected) => {
    expect(proxied(noProxy, `https://${host}/v2/`)).toBe(expected);
  });

  it.each(['socks5://user:secret@proxy:1080', 'http://user:secret@ proxy', 'http://user:secret%@proxy:1080'])(
    'that are none are refused: %s',
    (url) => {
      const proxies = readProxies({ HTTPS_PROXY: url, NO_PROXY: 'direct.example' });
      const read = () => proxies(new URL('https://registry.example/v2/'));
      expect(read).toThrow(
        expect.objectContaining({
          code: 'invalid',
          message: expect.stringMatching(
            /^HTTPS_PROXY: expected the address of an HTTP proxy; it is (no URL|(socks5|http):\/\/proxy:1080)$/,
          ),
        }),
      );
      expect(read).not.toThrow(/secret/);
      // They are in the way of nothing that they are not for.
      for (const other of ['http://registry.example', 'https://direct.example', 'https://localhost:5000'])
        expect(proxies(new URL(other))).toBeUndefined();
    },
  );
});
