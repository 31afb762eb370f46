import { describe, expect, it } from 'vitest';
import { redactUrl, registryEndpoint } from './endpoint.js';
import { normalizeOptions } from './options.js';
import { resolveLocation } from './transport.js';

describe('registryEndpoint', () => {
  it.each([
    ['ghcr.io', 'https://ghcr.io'],
    ['docker.io', 'https://registry-1.docker.io'],
    ['host.example:5000', 'https://host.example:5000'],
    ['localhost', 'http://localhost'],
    ['localhost:5000', 'http://localhost:5000'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['127.8.9.1', 'http://127.8.9.1'],
    ['[::1]:5000', 'http://[::1]:5000'],
    ['127.0.0.1.example', 'https://127.0.0.1.example'],
    ['plain.example:5000', 'http://plain.example:5000'],
    ['listed.example', 'http://listed.example'],
    ['plain.example', 'https://plain.example'],
  ])('speaks to %s by %s', (host, origin) => {
    const { insecure } = normalizeOptions({
      env: { IMAGE_VERSIONS_INSECURE_REGISTRIES: 'plain.example:5000, other.example' },
      insecureRegistries: ['Listed.example'],
    });
    expect(registryEndpoint(host, insecure).origin).toBe(origin);
  });

  it('refuses an insecure registry that is no host', () => {
    const env = { IMAGE_VERSIONS_INSECURE_REGISTRIES: 'http://plain.example' };
    expect(() => normalizeOptions({ env })).toThrowError(/"http:\/\/plain.example": expected a host/);
  });
});

describe('redactUrl', () => {
  it('shows no password and no query', () => {
    expect(redactUrl(new URL('https://u:p@h.example/path?sig=secret#x'))).toBe('https://h.example/path?…');
  });
});

describe('resolveLocation', () => {
  const base = new URL('https://h.example/v2/app/');

  it.each([
    ['/v2/x?state=a%20b', 'https://h.example/v2/x?state=a%20b'],
    ['https://cdn.example/x', 'https://cdn.example/x'],
    ['http://h.example/x', 'https://h.example/x'],
    ['http://h.example:80/x', 'https://h.example/x'],
  ])('takes %s as %s', (location, target) => {
    expect(resolveLocation(location, base, 'blob').href).toBe(target);
  });

  it.each(['http://cdn.example/x', 'file:///etc/passwd', 'http://['])('refuses %s', (location) => {
    expect(() => resolveLocation(location, base, 'blob')).toThrowError(expect.objectContaining({ code: 'invalid' }));
  });
});
