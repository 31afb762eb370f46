import { type RunGit, runGit } from './run-git.js';

/** What git has of a file that its path and Nx's hash of its content do not tell. */
export interface UnhashedFact {
  /** From the folder that was asked. */
  readonly path: string;
  /** Mode and object, as git writes them. */
  readonly fact: string;
}

/** A script is taken to be executable, and any other file not, so that there is little to say of most folders. */
const isScript = /\.(?:ba)?sh$|(?:^|\/)(?:gradlew|mvnw)$/;

/** Of links and submodules: what they lead to, and the commit, which stands for the modes and links in it. */
const wholeModes = ['120000', '160000'];

/** Files of this name take files from Nx's sight that git may have all the same. */
const ignoreFiles = ['.gitignore', '.nxignore'];

/**
 * What Nx's hash of the files below a folder leaves out and an image has: that a file is executable, where a link leads, the commit of a
 * submodule, and files that git has although they are ignored. As git's index says, sorted by path; nothing where git does not say.
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
