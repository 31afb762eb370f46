/** Of `nx.json` or a project; read as a person wrote them. */
export type NamedInputs = Readonly<Record<string, unknown>>;

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
 * Nx inputs for the files that a Dockerfile reads from its build context: a source may be a file or a folder, so both are named.
 * Files under `projectRoot` are named by `own`, which says the same folder in one of two ways; see `ownFolder`.
 */
export function contextInputs(
  sources: readonly string[],
  context: string,
  projectRoot: string,
  own = '{projectRoot}',
): string[] {
  const root = cleanPath(projectRoot);
  const inputs = new Set<string>();
  for (const path of contextPaths(sources, context)) {
    if (path === '' || path === root || root.startsWith(`${path}/`)) {
      // The whole project, and perhaps more.
      inputs.add(`${own}/**/*`);
      if (path !== root) inputs.add(path === '' ? '{workspaceRoot}/**/*' : `{workspaceRoot}/${path}/**/*`);
    } else {
      const inside = root === '' || path.startsWith(`${root}/`);
      const named = inside ? `${own}/${root === '' ? path : path.slice(root.length + 1)}` : `{workspaceRoot}/${path}`;
      inputs.add(named);
      if (!path.endsWith('**')) inputs.add(`${named}/**/*`);
    }
  }
  return [...inputs];
}

/**
 * Globs of the same files, for those of them that targets make which an image depends on: git ignores them, and so does Nx, but for the
 * outputs of tasks. They may change where no source did: by an environment variable, or another release of a compiler.
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

/** From the workspace root; `''` is the root itself. */
function contextPaths(sources: readonly string[], context: string): string[] {
  const base = cleanPath(context);
  return sources.map((source) => [base, cleanPath(source)].filter((part) => part !== '').join('/'));
}

/**
 * How inputs name a project's folder: `{projectRoot}`, which Nx matches faster; but by its path where a named input leaves files
 * out (`!{projectRoot}/tests` in `production`). What is left out of `{projectRoot}` by one input is so for all, and a
 * Dockerfile may well copy it.
 */
export function ownFolder(projectRoot: string, namedInputs: readonly NamedInputs[]): string {
  const leavesOut = namedInputs
    .flatMap((inputs) => Object.values(inputs).flat())
    .some((input) => typeof input === 'string' && input.startsWith('!{projectRoot}'));
  return leavesOut ? ['{workspaceRoot}', cleanPath(projectRoot)].filter(Boolean).join('/') : '{projectRoot}';
}
