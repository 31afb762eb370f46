import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { MEDIA_TYPES } from '../content/media-types.js';
import type { TestRegistryOptions } from './test-registry-options.js';

/** A manifest as it was put. */
export interface Stored {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What is to be answered, before any fault. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** The distribution API over maps: a request in, an answer out. */
export class RegistryState {
  /** Set when the server listens. */
  host = '';
  readonly blobs = new Map<string, Map<string, Uint8Array>>();
  readonly manifests = new Map<string, Map<string, Stored>>();
  readonly #options: TestRegistryOptions;
  readonly #uploads = new Map<string, Uint8Array>();
  readonly #tokens = new Map<string, { scopes: string[]; expiresAt: number }>();

  constructor(options: TestRegistryOptions) {
    this.#options = options;
  }

  /** What a registry without faults answers. */
  answer(method: string, url: URL, request: IncomingMessage, body: Buffer): Answer {
    if (url.pathname === '/token') return this.#token(url, request, body);
    const [, name = '', kind, rest = ''] =
      /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests|tags|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    const refusal = this.#refusal(method, name, request.headers.authorization);
    if (refusal !== undefined) return refusal;
    switch (kind) {
      case 'manifests':
        return method === 'PUT' ? this.#putManifest(name, rest, request, body) : this.#getManifest(name, rest);
      case 'blobs':
        return this.#getBlob(name, rest, method, request);
      case 'blobs/uploads':
        return this.#upload(name, rest, method, url, request, body);
      case 'tags':
        return this.#tags(name, url);
      case 'referrers':
        return this.#referrers(name, rest);
      default:
        return url.pathname === '/v2/' ? { status: 200, body: '{}' } : failure(404, 'NAME_UNKNOWN');
    }
  }

  #refusal(method: string, name: string, authorization: string | undefined): Answer | undefined {
    const { auth = 'none' } = this.#options;
    if (auth === 'none') return undefined;
    const action = method === 'GET' || method === 'HEAD' ? 'pull' : 'push';
    if (auth === 'basic') {
      if (authorization === this.#basic()) return undefined;
      return failure(401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="test"' });
    }
    const token = this.#tokens.get(authorization?.replace(/^Bearer /, '') ?? '');
    const scope = `repository:${name}:${action === 'pull' ? 'pull' : 'pull,push'}`;
    const allowed = token !== undefined && token.expiresAt > Date.now();
    const covers = (wanted: string): boolean =>
      (token?.scopes ?? []).some((given) => given.startsWith(`repository:${name}:`) && given.includes(wanted));
    if (allowed && (name === '' || covers(action))) return undefined;
    const error = allowed ? ',error="insufficient_scope"' : '';
    const scoped = name === '' ? '' : `,scope="${scope}"`;
    const challenge = `Bearer realm="http://${this.host}/token",service="test, registry"${scoped}${error}`;
    return failure(401, 'UNAUTHORIZED', { 'www-authenticate': challenge });
  }

  #token(url: URL, request: IncomingMessage, body: Buffer): Answer {
    const form = new URLSearchParams(body.toString());
    const known =
      request.method === 'POST'
        ? form.get('refresh_token') === (this.#options.identityToken ?? randomUUID())
        : request.headers.authorization === this.#basic();
    const anonymous = request.method === 'GET' && request.headers.authorization === undefined;
    const mayPull = known || (anonymous && this.#options.anonymousPull === true);
    if (!mayPull) return failure(anonymous ? 403 : 401, 'DENIED');
    const asked = request.method === 'POST' ? (form.get('scope') ?? '').split(' ') : url.searchParams.getAll('scope');
    const granted = known ? asked : asked.map((scope) => scope.replace(/,?push/, ''));
    const scopes = granted.filter((scope) => !this.#isHidden(scope));
    const token = randomUUID();
    const expiresIn = this.#options.expiresIn ?? 300;
    this.#tokens.set(token, { scopes, expiresAt: Date.now() + expiresIn * 1000 });
    return { status: 200, body: JSON.stringify({ token, expires_in: expiresIn }) };
  }

  #isHidden(scope: string): boolean {
    const [, name = '', actions = ''] = scope.split(':');
    return this.#options.hidesMissing === true && !this.manifests.has(name) && !actions.includes('push');
  }

  #basic(): string {
    const { username = 'user', password = 'secret' } = this.#options;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  #putManifest(name: string, reference: string, request: IncomingMessage, body: Buffer): Answer {
    const digest = digestOfBytes(body);
    if (reference.includes(':') && reference !== digest) return failure(400, 'DIGEST_INVALID');
    const stored = { mediaType: request.headers['content-type'] ?? '', bytes: body };
    const manifests = entryOf(this.manifests, name);
    manifests.set(digest, stored);
    manifests.set(reference, stored);
    const { subject } = JSON.parse(body.toString('utf8')) as { subject?: { digest: string } };
    const seen = subject !== undefined && this.#options.referrers !== false;
    return {
      status: 201,
      headers: { 'docker-content-digest': digest, ...(seen && { 'oci-subject': subject.digest }) },
    };
  }

  #getManifest(name: string, reference: string): Answer {
    const stored = this.manifests.get(name)?.get(reference);
    if (stored === undefined) return failure(404, 'MANIFEST_UNKNOWN');
    const headers = { 'content-type': stored.mediaType, 'docker-content-digest': digestOfBytes(stored.bytes) };
    return { status: 200, headers, body: stored.bytes };
  }

  #getBlob(name: string, digest: string, method: string, request: IncomingMessage): Answer {
    const bytes = this.blobs.get(name)?.get(digest);
    if (bytes === undefined) return failure(404, 'BLOB_UNKNOWN');
    const { redirectBlobsTo, noRanges } = this.#options;
    if (redirectBlobsTo !== undefined && method === 'GET') {
      const location = `${redirectBlobsTo}/v2/${name}/blobs/${digest}?signature=very-secret`;
      return { status: 307, headers: { location } };
    }
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start === 0 || noRanges === true) return { status: 200, body: bytes };
    const headers = { 'content-range': `bytes ${start}-${bytes.byteLength - 1}/${bytes.byteLength}` };
    return { status: 206, headers, body: bytes.subarray(start) };
  }

  #upload(name: string, id: string, method: string, url: URL, request: IncomingMessage, body: Buffer): Answer {
    const blobs = entryOf(this.blobs, name);
    if (method === 'POST') {
      const mounted = this.blobs.get(url.searchParams.get('from') ?? '')?.get(url.searchParams.get('mount') ?? '');
      if (mounted !== undefined) {
        blobs.set(digestOfBytes(mounted), mounted);
        return { status: 201, headers: { location: `/v2/${name}/blobs/${digestOfBytes(mounted)}` } };
      }
      const fresh = randomUUID();
      this.#uploads.set(fresh, new Uint8Array());
      const minimum = this.#options.minChunkBytes;
      const headers = { ...(minimum !== undefined && { 'oci-chunk-min-length': String(minimum) }) };
      return { status: 202, headers: { ...headers, ...this.#location(name, fresh) } };
    }
    const received = this.#uploads.get(id);
    if (received === undefined || url.searchParams.get('state') !== 'a b&c') return failure(404, 'BLOB_UPLOAD_UNKNOWN');
    const location = this.#location(name, id);
    const range = { range: `0-${Math.max(0, received.byteLength - 1)}` };
    if (method === 'GET') return { status: 204, headers: { ...location, ...range } };
    if (method === 'DELETE') return { status: this.#uploads.delete(id) ? 204 : 404 };
    if (method === 'PATCH') {
      // Docker's engine streams a blob in one PATCH without a range.
      const start = Number(/^(\d+)-/.exec(request.headers['content-range'] ?? '0-')?.[1] ?? -1);
      if (start !== received.byteLength) return failure(416, 'RANGE_INVALID');
      const together = Buffer.concat([received, body]);
      this.#uploads.set(id, together);
      const end = `0-${Math.max(0, together.byteLength - 1)}`;
      return { status: this.#options.chunkStatus ?? 202, headers: { ...location, range: end } };
    }
    if (body.byteLength > (this.#options.maxPutBytes ?? Number.POSITIVE_INFINITY)) return failure(413, 'SIZE_INVALID');
    const bytes = Buffer.concat([received, body]);
    const digest = digestOfBytes(bytes);
    if (digest !== url.searchParams.get('digest')) return failure(400, 'DIGEST_INVALID');
    blobs.set(digest, bytes);
    this.#uploads.delete(id);
    return { status: 201, headers: { location: `/v2/${name}/blobs/${digest}` } };
  }

  /** With a query that must come back as it is. */
  #location(name: string, id: string): { location: string } {
    return { location: `/v2/${name}/blobs/uploads/${id}?state=a%20b%26c` };
  }

  #tags(name: string, url: URL): Answer {
    const manifests = this.manifests.get(name);
    if (manifests === undefined) return failure(404, 'NAME_UNKNOWN');
    const all = [...manifests.keys()].filter((key) => !key.includes(':')).sort();
    const last = url.searchParams.get('last');
    const rest = last === null ? all : all.filter((tag) => tag > last);
    const page = rest.slice(0, this.#options.pageSize ?? 1000);
    const next = `</v2/${name}/tags/list?last=${page.at(-1)}>; rel="next"`;
    const headers = { ...(page.length < rest.length && { link: next }) };
    return { status: 200, headers, body: JSON.stringify({ name, tags: page }) };
  }

  #referrers(name: string, digest: string): Answer {
    if (this.#options.referrers === false) return failure(404, 'UNSUPPORTED');
    const found = new Map<string, object>();
    for (const { mediaType, bytes } of this.manifests.get(name)?.values() ?? []) {
      const manifest = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown> & {
        subject?: { digest?: string };
        config?: { mediaType?: string };
      };
      if (manifest.subject?.digest !== digest) continue;
      const artifactType = manifest.artifactType ?? manifest.config?.mediaType;
      const own = digestOfBytes(bytes);
      found.set(own, { mediaType, digest: own, size: bytes.byteLength, artifactType });
    }
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [...found.values()] };
    return { status: 200, headers: { 'content-type': MEDIA_TYPES.ociIndex }, body: JSON.stringify(index) };
  }
}

function failure(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] });
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

function entryOf<T>(map: Map<string, Map<string, T>>, name: string): Map<string, T> {
  const known = map.get(name) ?? new Map<string, T>();
  map.set(name, known);
  return known;
}

const digestOfBytes = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
