import { OciError } from '../errors.js';
import { familiarName, parseImageReference } from '../reference/image-reference.js';

/** Something that may be chosen by name or digest. */
export interface Choice<T> {
  readonly names: readonly string[];
  readonly digests: readonly string[];
  readonly value: T;
}

/**
 * The one that `reference` means: a digest, a whole name, or a tag alone; without a reference the only one. Throws `not-found` if there is
 * none, `invalid` if there are several, and lists what there is; `hint` says how one of them is named.
 */
export function chooseOne<T>(
  choices: readonly Choice<T>[],
  reference: string | undefined,
  archive: string,
  hint: string,
): T {
  const found =
    reference === undefined
      ? choices
      : choices.filter(
          ({ names, digests }) => digests.includes(reference) || names.some((name) => isMeant(name, reference)),
        );
  const [first] = found;
  if (first !== undefined && found.length === 1) return first.value;
  const all = choices.map(({ names, digests }) => names.join(', ') || (digests[0] ?? 'an image without a name'));
  const listed = all.slice(0, 20).join('; ') + (all.length > 20 ? `; and ${all.length - 20} more` : '') || 'none';
  if (first === undefined) {
    const what = reference === undefined ? 'an image' : JSON.stringify(reference.slice(0, 300));
    throw new OciError('not-found', `${archive}: expected ${what} in the archive; there are: ${listed}`);
  }
  throw new OciError('invalid', `${archive}: expected one image, there are ${found.length}: ${listed}`, { hint });
}

function isMeant(name: string, reference: string): boolean {
  return name === reference || name.endsWith(`:${reference}`) || fullName(name) === fullName(reference);
}

function fullName(text: string): string {
  try {
    return familiarName(parseImageReference(text));
  } catch {
    return text;
  }
}
