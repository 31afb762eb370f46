import { isDigest } from '../content/digest.js';
import { OciError } from '../errors.js';
import { type ImageReference, isTag, parseImageReference } from './image-reference.js';

/** Where an image is to be read from, as a person named it. */
export type ImageSource =
  /** `daemon://name`: a name or ID, as the engine takes it. */
  | { readonly kind: 'engine'; readonly name: string }
  /** `remote://name`. */
  | { readonly kind: 'registry'; readonly reference: ImageReference }
  /** `oci:folder[:tag|@digest]`; `reference` is the tag or digest. */
  | { readonly kind: 'oci-layout'; readonly path: string; readonly reference: string | undefined }
  /** `docker-archive:file`. */
  | { readonly kind: 'docker-archive'; readonly path: string }
  /** `oci-archive:file[:tag|@digest]`. */
  | { readonly kind: 'oci-archive'; readonly path: string; readonly reference: string | undefined }
  /** A path that ends like an archive; which kind it is shows when it is read. */
  | { readonly kind: 'archive'; readonly path: string }
  /** `-`. */
  | { readonly kind: 'stdin' }
  /** A bare name: the registry is asked first, then the engine. An image ID has no `reference`, and only an engine knows it. */
  | { readonly kind: 'any'; readonly name: string; readonly reference: ImageReference | undefined };

const PREFIXES = 'daemon://, remote://, oci:, docker-archive:, oci-archive:';
/** Of bzip2 and xz who reads it says that they are not unpacked here. */
const ARCHIVE_NAME = /\.(?:tar|tar\.gz|tgz|tar\.zst|tar\.bz2|tar\.xz)$/;
/** No name of an image begins so. */
const PATH = /^\.{0,2}\//;

/** Reads what a person may write for an image. Throws `invalid`. Opens nothing. */
export function parseImageSource(text: string): ImageSource {
  if (text === '-') return { kind: 'stdin' };
  const [, prefix, rest] = /^(daemon:\/\/|remote:\/\/|oci:|docker-archive:|oci-archive:)(.*)$/s.exec(text) ?? [];
  if (prefix !== undefined && rest !== undefined) {
    if (rest === '') throw new OciError('invalid', `image ${JSON.stringify(text)}: nothing follows ${prefix}`);
    return prefixed(prefix, rest);
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(text)?.[1];
  if (scheme !== undefined) {
    throw new OciError('invalid', `image ${JSON.stringify(text.slice(0, 300))}: unknown prefix ${scheme}://`, {
      hint: `Expected one of ${PREFIXES}, or no prefix.`,
    });
  }
  if (ARCHIVE_NAME.test(text)) return { kind: 'archive', path: text };
  if (PATH.test(text)) {
    const shown = text.slice(0, 300);
    throw new OciError('invalid', `image ${JSON.stringify(shown)}: a path that does not say what it is`, {
      hint: `A folder is oci:${shown}; a file that does not end in .tar or the like is docker-archive:${shown} or oci-archive:${shown}.`,
    });
  }
  return { kind: 'any', name: text, reference: isImageId(text) ? undefined : parseImageReference(text) };
}

function prefixed(prefix: string, rest: string): ImageSource {
  switch (prefix) {
    case 'daemon://':
      if (!isImageId(rest)) parseImageReference(rest);
      return { kind: 'engine', name: rest };
    case 'remote://':
      return { kind: 'registry', reference: parseImageReference(rest) };
    case 'docker-archive:':
      return { kind: 'docker-archive', path: rest };
    default:
      return { kind: prefix === 'oci:' ? 'oci-layout' : 'oci-archive', ...splitPath(rest) };
  }
}

/** Cuts `path[:tag|@digest]`. A colon or at sign that no tag or digest follows belongs to the path. */
function splitPath(text: string): { path: string; reference: string | undefined } {
  const [, digestPath, digest] = /^(.+)@([a-z0-9]+:[a-f0-9]+)$/s.exec(text) ?? [];
  if (digestPath !== undefined && isDigest(digest)) return { path: digestPath, reference: digest };
  const [, tagPath, tag] = /^(.+):([^:/\\]+)$/s.exec(text) ?? [];
  if (tagPath !== undefined && tag !== undefined && isTag(tag)) return { path: tagPath, reference: tag };
  return { path: text, reference: undefined };
}

const isImageId = (text: string): boolean => /^(?:sha256:)?[a-f0-9]{64}$/.test(text);
