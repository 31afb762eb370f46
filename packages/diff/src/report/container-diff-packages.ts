import { type InstalledPackage, installedPackages, unreadDatabases } from '../analyze/packages.js';
import { DiffError } from '../errors.js';
import type { LayerEntry, LayerIndex, PackageFact } from '../layer/entry.js';
import { addTo } from '../layer/groups.js';
import { byText } from '../layer/order.js';
import { mergeLayers, type StackedLayer } from '../tree/merge.js';
import type { Order } from './container-diff-files.js';
import type { AnalyzedImage, InfoDiff, PackageDiff, PackageInfo, PackageRow } from './container-diff-shapes.js';

/** Of types that have a package once (by name), and of those that may have it in several places. */
export const ONE_VERSION = { apt: 'dpkg', rpm: 'rpm', emerge: 'portage', apk: 'apk' } as const;
export const MANY_VERSIONS = { pip: 'pip', node: 'npm', gem: 'gem', jar: 'jar', go: 'go' } as const;
export const BY_LAYER = { aptlayer: 'dpkg', rpmlayer: 'rpm' } as const;

/** The packages of one type; throws `failed` where a database is there that could not be read. */
function packagesOf(image: Pick<AnalyzedImage, 'source' | 'tree'>, type: PackageFact['type']): InstalledPackage[] {
  const [unread] = unreadDatabases(image.tree, type);
  if (unread) {
    throw new DiffError(
      'failed',
      `${image.source}: no package could be read from /${unread.path} (${unread.size} bytes)`,
      {
        hint: 'It is damaged, in a form that is not known, or larger than what is read; leave this type out to get the others.',
      },
    );
  }
  return installedPackages(image.tree).filter((found) => found.type === type);
}

export function packageList(
  image: AnalyzedImage,
  type: PackageFact['type'],
  hasPath: boolean,
  order: Order,
): PackageRow[] {
  const packages = packagesOf(image, type);
  const name = hasPath ? (found: InstalledPackage) => found.name : nameWithin(packages);
  return sorted(
    packages.map((found) => rowOf(found, name(found), hasPath)),
    order,
  );
}

export function packageDiff(
  before: AnalyzedImage,
  after: AnalyzedImage,
  type: PackageFact['type'],
  order: Order,
): PackageDiff {
  return diffByName(packagesOf(before, type), packagesOf(after, type), order);
}

/** The same place with another version is a difference of a package that both have; so is one more place or one less. */
export function packageDiffByPlace(
  before: AnalyzedImage,
  after: AnalyzedImage,
  type: PackageFact['type'],
  order: Order,
): PackageDiff<readonly PackageInfo[]> {
  const sides = [before, after].map((image) => byName(packagesOf(image, type)));
  const [first = new Map(), second = new Map()] = sides;
  const only = (mine: typeof first, other: typeof first) =>
    sorted(
      [...mine].flatMap(([name, found]) =>
        other.has(name) ? [] : found.map((one: InstalledPackage) => rowOf(one, name, true)),
      ),
      order,
    );
  const InfoDiff: InfoDiff<readonly PackageInfo[]>[] = [];
  for (const [name, here] of first) {
    const there = second.get(name);
    if (!there) continue;
    const Info1 = missingFrom(there, here);
    const Info2 = missingFrom(here, there);
    if (Info1.length + Info2.length > 0) InfoDiff.push({ Package: name, Info1, Info2 });
  }
  const largest = (infos: readonly PackageInfo[]) => Math.max(-1, ...infos.map(({ Size }) => Size));
  return {
    Packages1: only(first, second),
    Packages2: only(second, first),
    InfoDiff: InfoDiff.sort(
      (a, b) => (order === 'size' ? largest(b.Info1) - largest(a.Info1) : 0) || byText(a.Package, b.Package),
    ),
  };
}

/**
 * What each layer did to the packages; an entry without lists where it did not touch the database. `null` where no layer has one.
 */
export function packageLayers(image: AnalyzedImage, type: PackageFact['type'], order: Order): PackageDiff[] | null {
  if (packagesOf(image, type).length === 0 && !image.layers.some((layer) => hasPackages(layer, type))) return null;
  const stack: StackedLayer[] = [];
  let previous: InstalledPackage[] = [];
  return image.layers.map((layer, at) => {
    stack.push({ index: packageEntriesOf(layer, type), layer: { index: at, origin: 'unknown' } });
    const isTouched = hasPackages(layer, type);
    if (!isTouched && layer.whiteouts.length + layer.opaque.length === 0) return UNTOUCHED;
    const packages = packagesOf({ source: image.source, tree: mergeLayers(stack) }, type);
    const diff = diffByName(previous, packages, order);
    previous = packages;
    const isSame = diff.Packages1.length + diff.Packages2.length + (diff.InfoDiff?.length ?? 0) === 0;
    return isSame && !isTouched ? UNTOUCHED : diff;
  });
}

const UNTOUCHED: PackageDiff = { Packages1: [], Packages2: [], InfoDiff: null };

function hasPackages(layer: LayerIndex, type: PackageFact['type']): boolean {
  return layer.entries.some((entry) => isOfType(entry, type));
}

function isOfType(entry: LayerEntry, type: PackageFact['type']): boolean {
  return entry.packages?.some((fact) => fact.type === type) ?? false;
}

/** Only what the type's packages are read from, and what may hide it: merging the rest for each layer would be wasted. */
function packageEntriesOf(
  { entries, whiteouts, opaque }: LayerIndex,
  type: PackageFact['type'],
): StackedLayer['index'] {
  return { entries: entries.filter((entry) => isOfType(entry, type)), whiteouts, opaque };
}

function diffByName(
  before: readonly InstalledPackage[],
  after: readonly InstalledPackage[],
  order: Order,
): PackageDiff {
  const name = nameWithin(before, after);
  const first = new Map(before.map((found) => [name(found), found]));
  const second = new Map(after.map((found) => [name(found), found]));
  const only = (mine: typeof first, other: typeof first) =>
    sorted(
      [...mine].flatMap(([key, found]) => (other.has(key) ? [] : [rowOf(found, key, false)])),
      order,
    );
  const InfoDiff = [...first].flatMap(([key, found]) => {
    const other = second.get(key);
    return other && other.version !== found.version
      ? [{ Package: key, Info1: infoOf(found), Info2: infoOf(other) }]
      : [];
  });
  return {
    Packages1: only(first, second),
    Packages2: only(second, first),
    InfoDiff: InfoDiff.sort(
      (a, b) => (order === 'size' ? b.Info1.Size - a.Info1.Size : 0) || byText(a.Package, b.Package),
    ),
  };
}

/**
 * The name; with its architecture where an image has the name twice, as Debian writes it; with its version as well where that
 * is not enough.
 */
function nameWithin(...lists: readonly (readonly InstalledPackage[])[]): (found: InstalledPackage) => string {
  const plain = (found: InstalledPackage) => found.name;
  const withArchitecture = (found: InstalledPackage) =>
    found.architecture === undefined ? found.name : `${found.name}:${found.architecture}`;
  const names = repeated(lists, plain);
  const longNames = repeated(lists, withArchitecture);
  return (found) => {
    if (!names.has(found.name)) return found.name;
    const name = withArchitecture(found);
    return longNames.has(name) ? `${name}=${found.version}` : name;
  };
}

function repeated(
  lists: readonly (readonly InstalledPackage[])[],
  name: (found: InstalledPackage) => string,
): ReadonlySet<string> {
  const twice = new Set<string>();
  for (const packages of lists) {
    const once = new Set<string>();
    for (const key of packages.map(name)) (once.has(key) ? twice : once).add(key);
  }
  return twice;
}

function byName(packages: readonly InstalledPackage[]): Map<string, InstalledPackage[]> {
  const groups = new Map<string, InstalledPackage[]>();
  for (const found of packages) addTo(groups, found.name, found);
  return groups;
}

function missingFrom(others: readonly InstalledPackage[], packages: readonly InstalledPackage[]): PackageInfo[] {
  const known = new Set(others.map((found) => `${found.location}\0${found.version}`));
  return packages.filter((found) => !known.has(`${found.location}\0${found.version}`)).map(infoOf);
}

function infoOf(found: InstalledPackage): PackageInfo {
  return { Version: found.version, Size: found.sizeBytes ?? -1 };
}

function rowOf(found: InstalledPackage, Name: string, hasPath: boolean): PackageRow {
  const isFolder = found.type === 'npm' || found.type === 'gem';
  const Path = `/${found.location}${isFolder ? '/' : ''}`;
  return { Name, ...(hasPath && { Path }), ...infoOf(found) };
}

function sorted(rows: readonly PackageRow[], order: Order): PackageRow[] {
  return [...rows].sort(
    (a, b) =>
      (order === 'size' ? b.Size - a.Size : 0) ||
      byText(a.Name, b.Name) ||
      byText(a.Version, b.Version) ||
      b.Size - a.Size ||
      byText(a.Path ?? '', b.Path ?? ''),
  );
}
