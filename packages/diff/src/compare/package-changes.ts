import { addTo } from '../layer/groups.js';
import { parentOf } from '../layer/path.js';
import { type BaseLayers, categoryOf, isInBase, isLibraryExchanged } from './categories.js';
import type { Change, ChangeCategory } from './comparison.js';
import type { Difference } from './differences.js';
import { isOsPackage, type PackageKey, packageKey } from './owners.js';
import { packageFolders } from './package-folders.js';

/** Packages that went from one version to another, and the differences that they account for. */
export interface PackageChanges {
  readonly changes: readonly Change[];
  readonly accountsFor: (difference: Difference) => boolean;
}

interface Versions {
  readonly name: string;
  readonly before: string[];
  readonly after: string[];
  readonly carriers: Difference[];
  /** Whether it is not a dependency, but a program of the image. */
  isMain: boolean;
}

/**
 * Reads package changes out of the differing files that carry package facts; equal files can't tell of any. What a package of the
 * operating system brings along (a jar, a Go program, a Python package) is told by that package.
 */
export function packageChanges(
  differences: readonly Difference[],
  ownersOf: (path: string) => readonly PackageKey[],
  baseLayers: BaseLayers,
): PackageChanges {
  const ofSystem = changedVersions(differences, isOsPackage);
  const isOfSystem = ({ path }: Difference) => ownersOf(path).some((key) => ofSystem.has(key));
  const others = changedVersions(
    differences.filter((difference) => !isOfSystem(difference)),
    (key) => !isOsPackage(key),
  );
  const byKey = new Map([...ofSystem, ...others]);
  const carriers = new Set<Difference>();
  for (const { carriers: files } of byKey.values()) for (const file of files) carriers.add(file);
  const isInFolder = packageFolders(
    [...byKey].map(([key, { carriers: files }]) => [key, files.map(({ path }) => path)]),
  );
  const files = differences.filter(
    (difference) =>
      (carriers.has(difference) && !isProgram(difference)) ||
      ownersOf(difference.path).some((key) => byKey.has(key)) ||
      isInFolder(difference),
  );
  const accounted = new Set(files);
  const parents = new Set(files.flatMap((difference) => parentsOf(difference.path)));
  const ownFiles = new Map<PackageKey, Difference[]>();
  for (const file of files) {
    for (const key of ownersOf(file.path)) addTo(ownFiles, key, file);
  }
  return {
    changes: [...byKey].map(([key, versions]) => changeOf(key, versions, ownFiles.get(key) ?? [], baseLayers)),
    accountsFor: (difference) => accounted.has(difference) || isEmptiedOrMade(difference, parents),
  };
}

/** The packages of these keys that differ in the versions that differing files name. */
function changedVersions(
  differences: readonly Difference[],
  isMeant: (key: PackageKey) => boolean,
): Map<PackageKey, Versions> {
  const byKey = new Map<PackageKey, Versions>();
  for (const difference of differences) {
    for (const side of ['before', 'after'] as const) {
      for (const fact of difference[side]?.packages ?? []) {
        const key = packageKey(fact);
        if (fact.version === '' || !isMeant(key)) continue;
        const versions = byKey.get(key) ?? { name: fact.name, before: [], after: [], carriers: [], isMain: true };
        versions[side].push(fact.version);
        versions.isMain &&= fact.isMain === true;
        if (versions.carriers.at(-1) !== difference) versions.carriers.push(difference);
        byKey.set(key, versions);
      }
    }
  }
  for (const [key, versions] of byKey) {
    if (listed(versions.before) === listed(versions.after) && !isMoved(key, versions)) byKey.delete(key);
  }
  return byKey;
}

/** Of packages that lie in folders of their own: whether each of them went from where it was, as with another version of Python. */
function isMoved(key: PackageKey, { carriers }: Versions): boolean {
  const isOneSided = ({ before, after }: Difference) => before === undefined || after === undefined;
  return /^(?:pip|npm|gem) /.test(key) && carriers.every(isOneSided);
}

function changeOf(key: PackageKey, versions: Versions, files: readonly Difference[], baseLayers: BaseLayers): Change {
  const [was, is] = [listed(versions.before), listed(versions.after)];
  return {
    category: packageCategory(key, versions, files, baseLayers),
    kind: 'package',
    action: was === '' ? 'added' : is === '' ? 'removed' : 'modified',
    subject: versions.name,
    detail: was === is ? `${was}, in another place` : was === '' ? is : is === '' ? was : `${was} -> ${is}`,
  };
}

function packageCategory(
  key: PackageKey,
  { carriers, isMain }: Versions,
  files: readonly Difference[],
  baseLayers: BaseLayers,
): ChangeCategory {
  const isOfBase = (list: readonly Difference[]) => list.every((difference) => isInBase(difference, baseLayers));
  if ([carriers, files].some((list) => list.length > 0 && isOfBase(list))) return 'base-image';
  if (isOsPackage(key)) return 'os-packages';
  const [program] = carriers;
  return isMain && program ? categoryOf(program, undefined, baseLayers) : 'app-dependencies';
}

function listed(versions: readonly string[]): string {
  return [...new Set(versions)].sort().join(', ');
}

/** A fat jar and a Go program carry packages and code of their own; only if libraries are all that differs is that all to say. */
function isProgram(difference: Difference): boolean {
  const facts = (difference.after ?? difference.before)?.packages ?? [];
  return facts.some(({ type }) => type === 'jar' || type === 'go') && !isLibraryExchanged(difference);
}

/** Directories that come and go with the package. */
function isEmptiedOrMade({ path, before, after }: Difference, parents: ReadonlySet<string>): boolean {
  return (before === undefined || after === undefined) && (before ?? after)?.type === 'directory' && parents.has(path);
}

function parentsOf(path: string): string[] {
  const parents: string[] = [];
  for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) parents.push(parent);
  return parents;
}
