import * as v from 'valibot';
import type { Descriptor, Digest } from '../content/descriptor.js';
import { parseDigest, splitDigest } from '../content/digest.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { isOciError, OciError } from '../errors.js';
import { maybe, parseJson } from '../model/json.js';
import { MANIFEST_LIMIT_BYTES, parseIndex } from '../model/manifest.js';
import type { RequestOptions } from '../model/repository.js';
import { fetchManifest } from './manifests.js';
import type { RepositoryAccess } from './repository-access.js';
import type { SessionRequest } from './session.js';
import { type HttpResponse, resolveLocation } from './transport.js';

/** As most registries' own bound; some answer 1000 whatever is asked. */
const PAGE_SIZE = 1000;
const MAX_PAGES = 10_000;
const PAGE_LIMIT_BYTES = 16 * 1024 * 1024;

const tagsSchema = v.object({ tags: maybe(v.array(v.string())) });

/** Every tag, page by page (distribution-spec 1.1, "Listing Tags"). A repository that is not there has none. */
export async function listTags(access: RepositoryAccess, { signal }: RequestOptions): Promise<string[]> {
  const what = `tags of ${access.name}`;
  const tags = new Set<string>();
  const first = `/v2/${access.path}/tags/list?n=${PAGE_SIZE}`;
  for await (const response of pages(access, first, [200, 404], what, signal)) {
    if (response.status === 404) break;
    const page = parseJson(response.bytes, tagsSchema, what, PAGE_LIMIT_BYTES);
    for (const tag of page.tags ?? []) tags.add(tag);
  }
  return [...tags];
}

/**
 * What refers to a manifest (distribution-spec 1.1, "Listing Referrers"), from the tag `sha256-…` where the registry does not have
 * that API. Not all say so by 404: some take it for a bad request, or answer with a page.
 */
export async function listReferrers(
  access: RepositoryAccess,
  digest: Digest,
  options: RequestOptions & { readonly artifactType?: string },
): Promise<Descriptor[]> {
  const { signal, artifactType } = options;
  const what = `referrers of ${access.name}@${parseDigest(digest, access.name)}`;
  const query = artifactType === undefined ? '' : `?${new URLSearchParams({ artifactType })}`;
  const found: Descriptor[] = [];
  let supported = true;
  const first = `/v2/${access.path}/referrers/${digest}${query}`;
  for await (const page of pages(access, first, [200, 400, 404, 405, 406, 501], what, signal)) {
    supported = page.status === 200 && page.mediaType === MEDIA_TYPES.ociIndex;
    if (!supported) break;
    found.push(...parseIndex(page.bytes, page.mediaType, what).manifests);
  }
  const all = supported ? found : await taggedReferrers(access, digest, what, options);
  return all.filter((descriptor) => artifactType === undefined || descriptor.artifactType === artifactType);
}

/** The tag that stands for the referrers API: `sha256-<hex>`. */
export function referrersTag(digest: Digest): string {
  const { algorithm, hex } = splitDigest(digest);
  return `${algorithm.slice(0, 32)}-${hex.slice(0, 64)}`;
}

async function taggedReferrers(
  access: RepositoryAccess,
  digest: Digest,
  what: string,
  { signal }: RequestOptions,
): Promise<readonly Descriptor[]> {
  try {
    const { bytes, descriptor } = await fetchManifest(access, referrersTag(digest), { ...(signal && { signal }) });
    return parseIndex(bytes, descriptor.mediaType, what).manifests;
  } catch (error) {
    if (isOciError(error, 'not-found')) return [];
    throw error;
  }
}

interface Page {
  readonly status: number;
  readonly mediaType: string | undefined;
  readonly bytes: Uint8Array;
}

async function* pages(
  access: RepositoryAccess,
  first: string,
  expect: readonly number[],
  what: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Page, void, undefined> {
  const seen = new Set<string>();
  let next: string | URL | undefined = first;
  while (next !== undefined) {
    const url: string | URL = next;
    if (seen.has(String(url)) || seen.size === MAX_PAGES) {
      throw new OciError('invalid', `${what}: the registry's pages go round in a circle, after ${seen.size} of them`);
    }
    seen.add(String(url));
    // What is not there at all has no first page; of a list that has one, a page that is missing is no end.
    const expected = url === first ? expect : [200];
    const request: SessionRequest = { method: 'GET', url, scopes: access.pull, expect: expected, signal, what };
    const [page, link]: [Page, URL | undefined] = await access.session.run(request, async (response) => {
      const bytes = await response.bytes(response.status === 200 ? PAGE_LIMIT_BYTES : MANIFEST_LIMIT_BYTES);
      const mediaType = response.header('content-type')?.split(';')[0]?.trim();
      return [{ status: response.status, mediaType, bytes }, nextPage(response, what)];
    });
    yield page;
    next = link;
  }
}

/** The `Link` with `rel=next` (RFC 8288), on the same origin only. */
function nextPage(response: HttpResponse, what: string): URL | undefined {
  const link = response.headerValues('link').join(', ');
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link)?.[1];
  if (target === undefined) return undefined;
  const url = resolveLocation(target, response.url, what);
  if (url.origin === response.url.origin) return url;
  throw new OciError('invalid', `${what}: the registry's next page is on another host, ${url.host}`);
}
