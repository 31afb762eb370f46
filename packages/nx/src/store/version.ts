import { ImageVersionsError } from '../errors.js';

/** What `parseVersion` accepts, as a person reads it. */
export const VERSION_FORMS = 'v1.2.3, release-1.2.3, or the first 7 hex digits of a commit (3f2a9c1)';

const VERSION = /^(?:v\d+\.\d+\.\d+|release-\d+\.\d+\.\d+|[0-9a-f]{7})$/;

/** distribution-spec 1.1, "Pulling manifests": the grammar of a tag. No character of it means anything to a shell. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Whether `text` is a tag that a registry takes; such a text is also safe in a file that shells source. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Whether `text` is a version: one of `VERSION_FORMS`, and a tag. */
export function isVersion(text: string): boolean {
  return VERSION.test(text) && TAG.test(text);
}

/** `text` as it is, if it is a version; error `invalid`, which says what is accepted, if not. `what` names its origin. */
export function parseVersion(text: string | undefined, what = 'version'): string {
  if (text !== undefined && isVersion(text)) return text;
  const got = text === undefined || text === '' ? 'nothing' : JSON.stringify(text.slice(0, 140));
  throw new ImageVersionsError('invalid', `${what}: expected ${VERSION_FORMS}; got ${got}`, {
    hint: 'Give a version in one of these forms, for example --version=release-1.2.3.',
  });
}
