import { RPM_DATABASE } from '../formats/rpm-database.js';
import type { PackageFact } from '../layer/entry.js';
import { byText } from '../layer/order.js';
import { parentOf } from '../layer/path.js';
import type { FileTree, TreeEntry } from '../tree/tree.js';
import { type FolderSizes, folderSizes, sizeOf } from './sizes.js';

/** One package of the merged file system. */
export interface InstalledPackage extends PackageFact {
  /** The file that says so, without a leading slash: a database, a package.json, a program. */
  readonly evidence: string;
  /**
   * Where it is installed, without a leading slash: the folder of a package.json, the site-packages of a dist-info, the
   * folder of a gem, the archive or program itself; empty for the packages of an operating system.
   */
  readonly location: string;
}

/**
 * Every package installed in this file system, by type, name, version and place. Lists of files that a package manager keeps
 * beside its database are joined in; sizes in bytes are the package manager's own, else those of the files there:
 * all below the folder (npm, gem), those listed (pip), or the archive or program (jar, Go).
 */
export function installedPackages(tree: FileTree): readonly InstalledPackage[] {
  const lists = fileLists(tree);
  const sizes = folderSizes(tree.entries);
  const packages: InstalledPackage[] = [];
  for (const entry of tree.entries) {
    for (const fact of entry.packages ?? [])
      if (fact.version !== '') packages.push(install(fact, entry, lists, sizes, tree));
  }
  return packages.sort(byTypeNameVersionPlace);
}

/** Files that are a database of packages; there is no such file of the other types. */
const DATABASES: Partial<Record<PackageFact['type'], RegExp>> = {
  dpkg: /^var\/lib\/dpkg\/status$/,
  apk: /^(?:usr\/)?lib\/apk\/db\/installed$/,
  rpm: RPM_DATABASE,
};

/**
 * The databases of this type that are there and out of which no package was read, so that "no packages" does not mean "could not
 * look". An empty file is a database without packages.
 */
export function unreadDatabases(tree: FileTree, type: PackageFact['type']): readonly TreeEntry[] {
  const pattern = DATABASES[type];
  if (!pattern) return [];
  return [...tree.entries].filter(
    (entry) => entry.type === 'file' && entry.size > 0 && pattern.test(entry.path) && !entry.packages?.length,
  );
}

type FileLists = ReadonlyMap<string, readonly string[]>;

function fileLists(tree: FileTree): FileLists {
  const lists = new Map<string, readonly string[]>();
  for (const entry of tree.entries) {
    for (const fact of entry.packages ?? []) {
      if (fact.version === '' && fact.files) lists.set(listKey(fact, entry.path, fact.architecture), fact.files);
    }
  }
  return lists;
}

/** Debian's lists are found by name, and architecture where several are installed; the others by the folder they are in. */
function listKey(fact: PackageFact, path: string, architecture: string | undefined): string {
  if (fact.type !== 'dpkg') return `${fact.type} ${parentOf(path)}`;
  return `dpkg ${fact.name}${architecture === undefined ? '' : `:${architecture}`}`;
}

function install(
  fact: PackageFact,
  entry: TreeEntry,
  lists: FileLists,
  sizes: FolderSizes,
  tree: FileTree,
): InstalledPackage {
  const files =
    fact.files ??
    lists.get(listKey(fact, entry.path, fact.architecture)) ??
    lists.get(listKey(fact, entry.path, undefined));
  const location = locationOf(fact, entry.path);
  const sizeBytes = fact.sizeBytes ?? measure(fact, entry, location, files, sizes, tree);
  return {
    ...fact,
    evidence: entry.path,
    location,
    ...(files && { files }),
    ...(sizeBytes !== undefined && { sizeBytes }),
  };
}

function locationOf(fact: PackageFact, path: string): string {
  const folder = parentOf(path);
  switch (fact.type) {
    case 'npm':
      return folder;
    case 'pip':
      return /\.egg-info$/.test(path) ? folder : parentOf(folder);
    case 'gem': {
      const root = path.slice(0, path.lastIndexOf('specifications/'));
      const platform = fact.architecture === undefined ? '' : `-${fact.architecture}`;
      return `${root}gems/${fact.name}-${fact.version}${platform}`;
    }
    case 'jar':
    case 'go':
      return path;
    default:
      return '';
  }
}

function measure(
  fact: PackageFact,
  entry: TreeEntry,
  location: string,
  files: readonly string[] | undefined,
  sizes: FolderSizes,
  tree: FileTree,
): number | undefined {
  switch (fact.type) {
    case 'npm':
    case 'gem':
      return sizes.get(location);
    case 'pip':
      return files?.reduce((sum, path) => sum + sizeOf(tree.get(path)), 0);
    case 'jar':
    case 'go':
      return entry.size;
    default:
      return undefined;
  }
}

function byTypeNameVersionPlace(a: InstalledPackage, b: InstalledPackage): number {
  return (
    byText(a.type, b.type) || byText(a.name, b.name) || byText(a.version, b.version) || byText(a.evidence, b.evidence)
  );
}
