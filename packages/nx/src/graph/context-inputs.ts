/** Joins and cleans paths relative to the workspace root; `''` is the root itself. `..` never leaves it, as in a build context. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/**
 * Nx inputs for the files that a Dockerfile reads from its build context: a source may be a file or a folder, so both are named. Those of
 * the project, too, are named from the workspace root, because `{projectRoot}` lacks what `production` leaves out and the files of projects
 * in folders of it, while a Dockerfile may copy both.
 */
export function contextInputs(sources: readonly string[], context: string): string[] {
  const inputs = new Set<string>();
  for (const path of contextPaths(sources, context)) {
    if (path !== '') inputs.add(`{workspaceRoot}/${path}`);
    if (!path.endsWith('**')) inputs.add(['{workspaceRoot}', path, '**/*'].filter(Boolean).join('/'));
  }
  return [...inputs];
}

/**
 * Globs of the same files, for those that targets make: git ignores them, so Nx knows them only as outputs of tasks. They may change where
 * no source did: by an environment variable, or another release of a compiler.
 */
export function madeFiles(sources: readonly string[], context: string): string[] {
  const globs = contextPaths(sources, context).map((path) => {
    if (path === '') return '**/*';
    return path.endsWith('**') ? path : `{${path},${path}/**/*}`;
  });
  return [...new Set(globs)];
}

/** The folders and files that sources lie in, without what is a pattern; from the workspace root. */
export function contextFolders(sources: readonly string[], context: string): string[] {
  return contextPaths(sources, context).map((path) => path.replace(/(^|\/)[^/]*[*?[\\].*$/, ''));
}

/** What sources name in their context, from the workspace root; `''` is the root itself. */
export function contextPaths(sources: readonly string[], context: string): string[] {
  const base = cleanPath(context);
  return sources.map((source) => [base, cleanPath(source)].filter((part) => part !== '').join('/'));
}
