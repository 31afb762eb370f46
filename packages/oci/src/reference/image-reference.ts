import type { Digest } from '../content/descriptor.js';
import { isDigest } from '../content/digest.js';
import { OciError } from '../errors.js';

/** An image's name with every default of Docker's filled in. */
export interface ImageReference {
  /** Host, and port if named: `docker.io`, `ghcr.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/alpine`, `acme/app`. */
  readonly repository: string;
  /** `latest` where the text has neither tag nor digest. */
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

const DEFAULT_REGISTRY = 'docker.io';
const MAX_REPOSITORY_LENGTH = 255;

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
/** A part of a host's name, between dots. */
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::([0-9]{1,5}))?$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Whether `text` may be a tag (distribution-spec 1.1, "Pulling manifests"): up to 128 of letters, digits, `_`, `.`, `-`. */
export const isTag = (text: string): boolean => TAG.test(text);

/** Whether `text` may be a host with or without a port, as the first part of an image's name. */
export const isRegistryHost = (text: string): boolean => {
  const match = HOST.exec(text);
  return match !== null && Number(match[1] ?? 0) <= 65_535;
};

/**
 * Reads an image's name by the rules of `docker pull` (distribution/reference v0.6, reference.go and normalize.go): without a
 * host it is on docker.io, without a namespace there in `library`, without tag and digest it is `latest`.
 * Throws `invalid`, with the part that is wrong.
 */
export function parseImageReference(text: string): ImageReference {
  const { name, tag, digest } = splitReference(text);
  if (/^[a-f0-9]{64}$/.test(name)) {
    throw invalid(
      text,
      'this is an image ID, not a name',
      'Name the image by repository and tag, or as daemon://<id>.',
    );
  }
  const { registry, repository } = splitHost(text, name);
  checkRepository(text, repository);
  if (tag !== undefined && !isTag(tag)) {
    throw invalid(text, `tag ${quote(tag)}: expected up to 128 letters, digits, "_", "." and "-"`);
  }
  if (digest !== undefined && !isDigest(digest)) {
    throw invalid(text, `digest ${quote(digest)}: expected sha256:<64 lower-case hex digits>`);
  }
  return { registry, repository, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
}

/** A repository's name alone, by the same rules: `ghcr.io/acme/app`. A tag or digest is an error of code `invalid`. */
export function parseRepositoryName(text: string): Pick<ImageReference, 'registry' | 'repository'> {
  const { registry, repository } = parseImageReference(text);
  const { tag, digest } = splitReference(text);
  if (tag === undefined && digest === undefined) return { registry, repository };
  throw invalid(text, 'expected the name of a repository, without tag and digest');
}

/** The full name, which `parseImageReference` reads back: `docker.io/library/alpine:3.20@sha256:…`. */
export function formatImageReference(reference: ImageReference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`;
}

/** The name as Docker shows it, short where that is read back as the same: `alpine:3.20`, `acme/app:latest`, `ghcr.io/acme/app:v1`. */
export function familiarName(reference: ImageReference): string {
  const { registry, repository } = reference;
  if (registry !== DEFAULT_REGISTRY) return formatImageReference(reference);
  const short = repository.replace(/^library\/(?=[^/]+$)/, '');
  const first = short.slice(0, short.indexOf('/'));
  return looksLikeHost(first) ? formatImageReference(reference) : `${short}${suffix(reference)}`;
}

/** Docker's rule for the part before the first slash: a namespace has no dot, no colon, no capital, and is not `localhost`. */
const looksLikeHost = (first: string): boolean =>
  /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();

function suffix({ tag, digest }: ImageReference): string {
  return `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Cuts `name[:tag][@digest]`; the parts are not checked yet. A colon before the last slash belongs to the host. */
function splitReference(text: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  if (colon <= rest.lastIndexOf('/')) return { name: rest, tag: undefined, digest };
  return { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

function splitHost(text: string, name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const host = looksLikeHost(first) ? first : DEFAULT_REGISTRY;
  const path = looksLikeHost(first) ? name.slice(slash + 1) : name;
  if (!isRegistryHost(host)) throw invalid(text, `host ${quote(host)}: expected a host name, with or without a port`);
  if (host !== DEFAULT_REGISTRY && host !== 'index.docker.io') return { registry: host, repository: path };
  return { registry: DEFAULT_REGISTRY, repository: path.includes('/') ? path : `library/${path}` };
}

function checkRepository(text: string, repository: string): void {
  if (repository.length > MAX_REPOSITORY_LENGTH) {
    throw invalid(
      text,
      `the repository has ${repository.length} characters: expected at most ${MAX_REPOSITORY_LENGTH}`,
    );
  }
  for (const component of repository.split('/')) {
    if (COMPONENT.test(component)) continue;
    if (/[A-Z]/.test(component)) {
      throw invalid(text, `${quote(component)} has upper-case letters: a repository is written in lower case`);
    }
    throw invalid(
      text,
      component === ''
        ? 'a part of the repository is empty'
        : `${quote(component)}: expected lower-case letters and digits, with ".", "_", "__" or "-" between them`,
    );
  }
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 100));

function invalid(text: string, why: string, hint?: string): OciError {
  return new OciError(
    'invalid',
    `image name ${JSON.stringify(text.slice(0, 300))}: ${why}`,
    hint === undefined ? {} : { hint },
  );
}
