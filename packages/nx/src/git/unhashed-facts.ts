import { type RunGit, runGit } from './run-git.js';

/** What git knows of a file beyond its path and content, which are all that Nx hashes. */
export interface UnhashedFact {
  /** From the folder that was asked. */
  readonly path: string;
  /** Mode and object, as git writes them. */
  readonly fact: string;
}

/** Files that are expected to be executable. Only what is not as expected is a fact, so that most folders have none. */
const isScript = /\.(?:ba)?sh$|(?:^|\/)(?:gradlew|mvnw)$/;

/** Links and submodules, whose object says where they lead, or the commit, which stands for the modes and links in it. */
const wholeModes = ['120000', '160000'];

/** Nx does not hash what these files ignore, and git may track it all the same. */
const ignoreFiles = ['.gitignore', '.nxignore'];

/**
 * What goes into an image and not into Nx's hash of the files below a folder: whether a file is executable, where a link leads, the commit
 * of a submodule, and files that are tracked although ignored. From git's index, sorted by path; empty where git does not say.
 */
export async function unhashedFacts(folder: string, run: RunGit = runGit): Promise<UnhashedFact[]> {
  const list = async (...flags: string[]) => parseEntries(await run(folder, ['ls-files', '--stage', '-z', ...flags]));
  try {
    const [all, ...ignored] = await Promise.all([
      list(),
      ...ignoreFiles.map((name) => list('--cached', '--ignored', `--exclude-per-directory=${name}`)),
    ]);
    const facts = new Map<string, string>();
    for (const { path, mode, object } of all) {
      if (wholeModes.includes(mode)) facts.set(path, `${mode} ${object}`);
      else if ((mode === '100755') !== isScript.test(path) && mode.startsWith('100')) facts.set(path, mode);
    }
    for (const { path, mode, object } of ignored.flat()) facts.set(path, `${mode} ${object}`);
    return [...facts].map(([path, fact]) => ({ path, fact })).sort((a, b) => (a.path < b.path ? -1 : 1));
  } catch {
    return [];
  }
}

/** `mode object stage TAB path`, each ended by NUL. */
function parseEntries(text: string): { mode: string; object: string; path: string }[] {
  return text
    .split('\0')
    .filter(Boolean)
    .map((entry) => {
      const tab = entry.indexOf('\t');
      const [mode = '', object = ''] = entry.slice(0, tab).split(' ');
      return { mode, object, path: entry.slice(tab + 1) };
    });
}
