import { describe, expect, it } from 'vitest';
import { normalizeOptions } from './options.js';
import { fetchToken } from './token.js';
import type { HttpRequest, Transport } from './transport.js';

const settings = normalizeOptions({ env: {}, sleep: async () => {}, now: () => 0 });

/** Asks for a token where the service answers 200 with `body`. */
async function ask(realm: string | undefined, body = '{"token":"t"}', registryUrl = 'https://registry.example') {
  const sent: HttpRequest[] = [];
  const transport: Transport = {
    async send(request) {
      sent.push(request);
      const bytes = Buffer.from(body);
      const empty = { header: () => undefined, headerValues: () => [], url: request.url, discard: async () => {} };
      return { ...empty, status: 200, bytes: async () => bytes, body: (async function* () {})() };
    },
    close: async () => {},
  };
  const token = await fetchToken(transport, settings, {
    host: 'registry.example',
    registryUrl: new URL(registryUrl),
    challenge: { scheme: 'bearer', parameters: { ...(realm !== undefined && { realm }), service: 'the service' } },
    scopes: ['repository:a:pull', 'repository:b:pull'],
    credentials: { kind: 'basic', username: 'ü', password: 'p' },
    signal: undefined,
  });
  return { token, sent };
}

describe('fetchToken', () => {
  it('keeps the query of the realm, and asks for each scope', async () => {
    const { sent } = await ask('https://auth.example/token?tenant=1');
    expect(sent[0]?.url.searchParams.get('tenant')).toBe('1');
    expect(sent[0]?.url.searchParams.getAll('scope')).toEqual(['repository:a:pull', 'repository:b:pull']);
    expect(sent[0]?.authorization).toBe(`Basic ${Buffer.from('ü:p', 'utf8').toString('base64')}`);
  });

  it.each([
    ['http://registry.example/service/token', 'https://registry.example', 'https://registry.example/service/token'],
    ['http://registry.example:80/token', 'https://registry.example:8443', 'https://registry.example/token'],
    ['http://auth.example/token', 'http://registry.example', 'http://auth.example/token'],
    ['https://auth.example/token', 'http://registry.example', 'https://auth.example/token'],
  ])('asks %s of a registry at %s by %s', async (realm, registry, asked) => {
    const { sent } = await ask(realm, undefined, registry);
    expect(`${sent[0]?.url.origin}${sent[0]?.url.pathname}`).toBe(asked);
  });

  it.each([
    ['{"token":"t","expires_in":100}', 90_000],
    ['{"access_token":"t"}', 50_000],
    ['{"token":"","access_token":"t","expires_in":3}', 0],
  ])('reads %s', async (body, expiresAtMs) => {
    expect((await ask('https://auth.example', body)).token).toEqual({ value: 't', expiresAtMs });
  });

  it.each(['{}', '[]', 'no', '{"token":"a b"}', '{"token":"a\\r\\nhost: x"}'])(
    'refuses the answer %s',
    async (body) => {
      await expect(ask('https://auth.example', body)).rejects.toMatchObject({ code: 'invalid' });
    },
  );

  it.each([undefined, 'no url', 'file:///etc/passwd', 'http://auth.example/token'])(
    'refuses the realm %s',
    async (realm) => {
      await expect(ask(realm)).rejects.toMatchObject({ code: 'invalid' });
    },
  );
});
