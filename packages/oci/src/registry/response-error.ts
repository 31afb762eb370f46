import { OciError, type OciErrorCode } from '../errors.js';
import { redactUrl } from './endpoint.js';
import { PASSING_STATUSES, parseRetryAfter, TransientFailure } from './retry.js';
import type { HttpResponse } from './transport.js';

const ERROR_BODY_LIMIT_BYTES = 64 * 1024;
const SHOWN_CHARACTERS = 500;

/** Of an upload that another replica of the registry began, or that it forgot: begun anew it may come through. */
const LOST_UPLOAD = /^BLOB_UPLOAD_(?:INVALID|UNKNOWN)\b/;

interface Asked {
  readonly method: string;
  readonly what: string;
  /** The registry's host, as `docker login` takes it. */
  readonly host: string;
  readonly hasCredentials: boolean;
  /** The host that answered, where the registry sent the request on to another. */
  readonly sentTo?: string | undefined;
}

/** What to throw for an answer that was not expected, the registry's own words included. Reads the body, up to 64 kB. */
export async function responseFailure(response: HttpResponse, asked: Asked, nowMs: number): Promise<Error> {
  const said = await registryWords(response);
  const retryAfterMs = parseRetryAfter(response.header('retry-after'), nowMs);
  const url = redactUrl(response.url);
  const error = new OciError(
    codeFor(response, asked.hasCredentials),
    `${asked.what}: ${asked.method} ${url} answered ${response.status}${said === '' ? '' : ` (${said})`}`,
    { hint: hintFor(response, asked, retryAfterMs, said), facts: { status: response.status, url } },
  );
  const passes = PASSING_STATUSES.includes(response.status) || LOST_UPLOAD.test(said);
  return passes ? new TransientFailure(error, { retryAfterMs }) : error;
}

function codeFor(response: HttpResponse, hasCredentials: boolean): OciErrorCode {
  const { status } = response;
  if (status === 401) {
    const challenges = response.headerValues('www-authenticate').join();
    return hasCredentials && /error="?insufficient_scope/i.test(challenges) ? 'forbidden' : 'unauthorized';
  }
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 413) return 'limit';
  if (status === 429) return 'rate-limited';
  return status >= 500 || PASSING_STATUSES.includes(status) ? 'unreachable' : 'invalid';
}

function hintFor(
  { status, url }: HttpResponse,
  asked: Asked,
  retryAfterMs: number | undefined,
  said: string,
): string | undefined {
  const reads = ['GET', 'HEAD'].includes(asked.method);
  if ((status === 401 || status === 403) && asked.sentTo !== undefined) {
    return `${asked.host} sent this on to ${asked.sentTo}, which refuses it: may that host be asked from here (proxy), and is the clock right?`;
  }
  if (status === 401 || status === 403) {
    // Docker Hub and others answer strangers and friends alike where there is no such repository.
    const orMissing = reads ? ' Or there is no such repository: check its name.' : '';
    return asked.hasCredentials
      ? `The credentials for ${asked.host} were refused or may not do this: docker login ${asked.host}, or ask for access.${orMissing}`
      : `No credentials for ${asked.host} were found: docker login ${asked.host}, or set IMAGE_VERSIONS_REGISTRY_USERNAME, _PASSWORD and _HOST.${orMissing}`;
  }
  // So say servers in Go, as most registries are, to a request without TLS; to a HEAD without a word.
  const wantsTls = said === '' ? asked.method === 'HEAD' : said.startsWith('Client sent an HTTP request to an HTTPS');
  if (status === 400 && url.protocol === 'http:' && wantsTls) {
    return `${asked.host} seems to speak HTTPS. Plain HTTP is for registries on this machine whose certificate is not named (image-diff: --registry-certificate), and for those in IMAGE_VERSIONS_INSECURE_REGISTRIES.`;
  }
  const beganUpload = asked.method === 'POST' && url.pathname.endsWith('/blobs/uploads/');
  if (status === 405 && (beganUpload || asked.method === 'PUT')) {
    return `${asked.host} takes no pushes here: is it a mirror of another registry, or read-only for now?`;
  }
  if (status === 404 && beganUpload) {
    return `${asked.host} may want the repository to be made before the first push (Amazon ECR does), or does not know its project.`;
  }
  if (status === 413) return `${url.host}, or a proxy in front of it, takes no request of that size: raise its limit.`;
  if (status === 429) {
    const wait = retryAfterMs === undefined ? 'Try again later' : `Try again in ${Math.ceil(retryAfterMs / 1000)} s`;
    return asked.hasCredentials ? `${wait}.` : `${wait}, or log in: registries allow more to known users.`;
  }
  return undefined;
}

/** `CODE: message` of each error (distribution-spec 1.1, "Error Codes"), or the start of a short text; one line, no control characters. */
async function registryWords(response: HttpResponse): Promise<string> {
  const text = await response
    .bytes(ERROR_BODY_LIMIT_BYTES)
    .then((bytes) => Buffer.from(bytes).toString('utf8'))
    .catch(() => '');
  const isHtml = /^\s*</.test(text);
  return clean(errorsIn(text) ?? (isHtml ? '' : text));
}

function errorsIn(text: string): string | undefined {
  try {
    const body = JSON.parse(text) as { errors?: unknown; details?: unknown; message?: unknown; error?: unknown };
    if (Array.isArray(body.errors)) {
      return body.errors
        .slice(0, 3)
        .map((error: { code?: unknown; message?: unknown }) => [error?.code, error?.message].filter(isText).join(': '))
        .join('; ');
    }
    return [body.error, body.details, body.message].filter(isText).join(': ');
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function clean(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}
