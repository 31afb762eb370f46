import type { PackageFact } from '../layer/entry.js';
import { baseOf } from '../layer/path.js';
import type { FileTree, TreeEntry } from '../tree/tree.js';

export interface PackageFiles {
  /** Ends of the names of package files. */
  readonly files: RegExp;
  /** Where the package manager may list what is installed. */
  readonly databases: readonly string[];
  /** How it names the file that it fetches for a package, without the end that `files` matches. */
  readonly nameOf: (fact: PackageFact) => string;
}

/**
 * Whether a file of a package stays, since this very package is not installed: one that was only fetched is there for something to install
 * it later.
 */
export function notInstalled({
  files,
  databases,
  nameOf,
}: PackageFiles): (entry: TreeEntry, tree: FileTree) => boolean {
  return ({ path }, tree) => {
    const name = baseOf(path).replace(files, '');
    const isIt = (fact: PackageFact) => nameOf(fact) === name;
    return files.test(path) && !databases.some((database) => tree.get(database)?.packages?.some(isIt));
  };
}
