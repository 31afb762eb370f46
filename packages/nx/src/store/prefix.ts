import { ImageVersionsError } from '../errors.js';

/** Whether a shell takes `text` as the beginning of a variable's name. */
export function isPrefix(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/**
 * The prefix of an image's shell variables: the project's name without dashes (`svc-bgs-api`: `svcbgsapi`). A leading `@` goes, too; any
 * other character that a shell does not take in a name becomes `_` (`@acme/my-app`: `acme_myapp`), and a leading digit gets a `_` before
 * it. Error `invalid` if nothing is left.
 */
export function variablePrefix(projectName: string): string {
  const name = projectName
    .replace(/^@/, '')
    .replaceAll('-', '')
    .replace(/[^A-Za-z0-9_]/g, '_');
  if (!/[A-Za-z0-9]/.test(name)) {
    throw new ImageVersionsError(
      'invalid',
      `No shell variable can be named after project ${JSON.stringify(projectName)}`,
      {
        hint: 'Set varPrefix in the options of its publish-image target.',
      },
    );
  }
  return /^\d/.test(name) ? `_${name}` : name;
}

/** `prefix` as it is, if a shell takes it as the beginning of a variable's name; error `invalid` if not. */
export function parsePrefix(prefix: string, project: string): string {
  if (isPrefix(prefix)) return prefix;
  throw new ImageVersionsError(
    'invalid',
    `varPrefix of project ${project}: expected letters, digits and _, and no digit first; got ${JSON.stringify(prefix)}`,
    { hint: 'Set varPrefix to a name that a shell variable can begin with.' },
  );
}

/** The prefix of a container: its option, else its name's. Errors as of the two above. */
export function prefixOf({ project, varPrefix }: { readonly project: string; readonly varPrefix?: string }): string {
  return varPrefix === undefined ? variablePrefix(project) : parsePrefix(varPrefix, project);
}

/** Error `invalid`, which names both, if two projects have one prefix: their versions would be one variable. */
export function checkPrefixes(images: readonly { readonly project: string; readonly prefix: string }[]): void {
  const owners = new Map<string, string>();
  for (const { project, prefix } of images) {
    const owner = owners.get(prefix);
    if (owner !== undefined && owner !== project) {
      throw new ImageVersionsError(
        'invalid',
        `Projects ${owner} and ${project} both have the variable prefix ${prefix}: ${prefix}_VER can't be the version of two images`,
        { hint: `Set varPrefix in the publish-image options of ${owner} or ${project}.` },
      );
    }
    owners.set(prefix, project);
  }
}
