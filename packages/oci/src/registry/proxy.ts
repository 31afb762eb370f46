import { BlockList, isIP } from 'node:net';
import { OciError } from '../errors.js';
import type { Environment } from './options.js';

/** Through which proxy a URL is asked, if any. */
export type ProxyFor = (url: URL) => string | undefined;

/**
 * What `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say, as curl and Docker read them: each of the first two is for its own scheme, and may
 * lack `http://`; lower-case names go first. Throws `invalid` for what is no proxy, without showing it: it may have a password.
 */
export function proxyRules(env: Environment): ProxyFor {
  const value = (name: string): string => env[name.toLowerCase()] || env[name] || '';
  const proxies: Readonly<Record<string, string | undefined>> = {
    'http:': proxyUrl('HTTP_PROXY', value('HTTP_PROXY')),
    'https:': proxyUrl('HTTPS_PROXY', value('HTTPS_PROXY')),
  };
  const isDirect = directHosts(value('NO_PROXY'));
  return (url) => (isDirect(url) ? undefined : proxies[url.protocol]);
}

function proxyUrl(name: string, value: string): string | undefined {
  if (value === '') return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (URL.canParse(url) && isProxy(new URL(url))) return url;
  throw new OciError('invalid', `${name} names no proxy: expected a URL such as http://proxy.example:3128`, {
    hint: 'In a user name or password, what has a meaning in URLs is written by its code: % as %25, @ as %40.',
  });
}

function isProxy({ protocol, username, password }: URL): boolean {
  return /^(?:https?|socks5?):$/.test(protocol) && [username, password].every(isEncoded);
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** `NO_PROXY`: names, with all below them, and addresses, either with a port or for all of them; networks (`10.0.0.0/8`); `*` for all. */
function directHosts(noProxy: string): (url: URL) => boolean {
  const addresses = new BlockList();
  const names: { readonly name: string; readonly port: string | undefined }[] = [];
  for (const entry of noProxy.toLowerCase().split(/[,\s]+/)) {
    const [, address = '', prefix] = /^\[?([0-9a-f.:]+?)\]?(?:\/(\d+))?$/.exec(entry) ?? [];
    const version = isIP(address);
    const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (entry === '*') return () => true;
    if (version !== 0) addNetwork(addresses, address, version, prefix);
    else if (name !== '') names.push({ name: name.replace(/^\*?\./, ''), port });
  }
  return ({ protocol, hostname, port }) => {
    const address = hostname.replace(/^\[|\]$/g, '');
    const version = isIP(address);
    if (version !== 0 && addresses.check(address, `ipv${version as 4 | 6}`)) return true;
    const actual = port || (protocol === 'https:' ? '443' : '80');
    return names.some(
      (entry) => (entry.port ?? actual) === actual && (hostname === entry.name || hostname.endsWith(`.${entry.name}`)),
    );
  };
}

function addNetwork(list: BlockList, address: string, version: number, prefix: string | undefined): void {
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const bits = version === 4 ? 32 : 128;
  list.addSubnet(address, Math.min(Number(prefix ?? bits), bits), family);
}
