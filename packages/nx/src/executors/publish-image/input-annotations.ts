import type { BuiltImage } from '../../build/builder.js';
import type { Commit } from './publish-facts.js';

/** The commit that an image was made from (image-spec 1.1, annotations.md). */
const revisionAnnotation = 'org.opencontainers.image.revision';
/** JSON: each base image to the digest that was built on. */
const basesAnnotation = 'dev.image-versions.bases';

/** What an image was made from, as annotations: they let the next run say which input changed. */
export function inputAnnotations({ bases }: Pick<BuiltImage, 'bases'>, git: Commit): Record<string, string> {
  return {
    ...(git.commit !== '' && git.changes === '' && { [revisionAnnotation]: git.commit }),
    ...(Object.keys(bases).length > 0 && { [basesAnnotation]: JSON.stringify(bases) }),
  };
}

/** The inverse; what is not there, or not understood, is absent. */
export function readInputAnnotations(annotations: Readonly<Record<string, string>>): {
  commit: string | undefined;
  bases: Readonly<Record<string, string>> | undefined;
} {
  return { commit: annotations[revisionAnnotation], bases: parseBases(annotations[basesAnnotation]) };
}

function parseBases(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return undefined;
  }
}
