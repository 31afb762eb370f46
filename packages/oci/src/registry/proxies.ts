import { BlockList, isIP } from 'node:net';
import { OciError } from '../errors.js';
import { basicHeader } from './basic-header.js';
import { isLoopback } from './endpoint.js';
import type { Environment } from './options.js';

/** The proxy for a URL; `undefined` where it is asked directly. Throws `invalid` for a proxy that is not reached by HTTP or HTTPS. */
export type ProxyFor = (url: URL) => URL | undefined;

/**
 * Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in lower case first, as Docker and its engine understand them: there is a proxy for
 * each of the two protocols, `example.com` is that host and all below it, `.example.com` those below it alone, a port behind it means that
 * port alone; `10.0.0.0/8` are addresses, and `*` is everything. Loopback is never proxied.
 */
export function readProxies(env: Environment): ProxyFor {
  const variable = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || '';
  const exceptions = variable('no_proxy')
    .split(/[\s,]+/)
    .flatMap(parseException);
  return (url) => {
    if (isLoopback(url.host) || exceptions.some((isMet) => isMet(url))) return undefined;
    const name = `${url.protocol.slice(0, -1)}_proxy`;
    return parseProxy(name, variable(name));
  };
}

type Exception = (url: URL) => boolean;

function parseProxy(name: string, written: string): URL | undefined {
  if (written === '') return undefined;
  const text = written.includes('://') ? written : `http://${written}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol) && isEncoded(url)) return url;
  const shown = url === undefined ? 'it is no URL' : `it is ${url.protocol}//${url.host}`;
  throw new OciError('invalid', `${name.toUpperCase()}: expected the address of an HTTP proxy; ${shown}`, {
    hint: 'Write it as http://host:port or http://user:password@host:port, and in the password % as %25, @ as %40.',
  });
}

function isEncoded({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

/** The header that tells a proxy who asks, if its URL does. */
export function proxyLogin({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { 'proxy-authorization': basicHeader(login) };
}

function parseException(text: string): Exception[] {
  if (text === '') return [];
  if (text === '*') return [() => true];
  const range = /^(.+)\/(\d+)$/.exec(text);
  if (range) return rangeOf(range[1] ?? '', Number(range[2]));
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(text.toLowerCase()) ?? [];
  const host = unbracketed(name).replace(/^\*\./, '.');
  const isHost = host.startsWith('.')
    ? (asked: string) => asked.endsWith(host)
    : (asked: string) => asked === host || asked.endsWith(`.${host}`);
  return [(url) => isHost(unbracketed(url.hostname)) && (port === undefined || port === portOf(url))];
}

function rangeOf(network: string, prefix: number): Exception[] {
  const family = isIP(network);
  if (family === 0 || prefix > (family === 4 ? 32 : 128)) return [];
  const addresses = new BlockList();
  addresses.addSubnet(network, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return [
    ({ hostname }) => {
      const asked = unbracketed(hostname);
      return isIP(asked) !== 0 && addresses.check(asked, isIP(asked) === 4 ? 'ipv4' : 'ipv6');
    },
  ];
}

const unbracketed = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');
