/**
 * The base URL of a registry. Docker Hub's API has a host of its own; loopback hosts and those named insecure are spoken to by
 * plain HTTP, all others by HTTPS, and so are hosts that have a say on certificates (`hasTls`).
 */
export function registryEndpoint(host: string, insecure: ReadonlySet<string>, hasTls = false): URL {
  if (host === 'docker.io' || host === 'index.docker.io') return new URL('https://registry-1.docker.io');
  const plain = !hasTls && (isLoopback(host) || insecure.has(host.toLowerCase()));
  return new URL(`${plain ? 'http' : 'https'}://${host}`);
}

/** Whether a host, with or without port, is this machine: never proxied, and spoken to by plain HTTP. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** A URL as it may be shown: no user, no password, no query (signed URLs have their secret there), no fragment. */
export function redactUrl(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}
