import type { PackageFact } from '../layer/entry.js';
import { baseOf } from '../layer/path.js';
import type { FileTree, TreeEntry } from '../tree/tree.js';
import type { TreeRule } from './rule.js';

export interface PackageFiles {
  /** Ends of the names of package files. */
  readonly files: RegExp;
  /** Where the package manager may list what is installed. */
  readonly databases: readonly string[];
  /** How it names the file that it fetches for a package, without the end that `files` matches. */
  readonly nameOf: (fact: PackageFact) => string;
}

/**
 * The same rule, but that a file of a package stays unless this very package is installed: one that was only fetched is there for
 * something to install it later.
 */
export function butNotInstalled(rule: TreeRule, packages: PackageFiles): TreeRule {
  return {
    ...rule,
    judge: (entry, tree) => {
      const verdict = rule.judge(entry, tree);
      const isWaiting = verdict === 'drop' && packages.files.test(entry.path) && !isInstalled(entry, tree, packages);
      return isWaiting ? 'keep' : verdict;
    },
  };
}

function isInstalled({ path }: TreeEntry, tree: FileTree, { files, databases, nameOf }: PackageFiles): boolean {
  const name = baseOf(path).replace(files, '');
  return databases.some((database) => tree.get(database)?.packages?.some((fact) => nameOf(fact) === name) === true);
}
