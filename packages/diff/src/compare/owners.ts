import type { PackageFact } from '../layer/entry.js';
import type { FileTree } from '../tree/tree.js';

/** `dpkg` and a package's name, as one key. */
export type PackageKey = string;

export function packageKey({ type, name }: Pick<PackageFact, 'type' | 'name'>): PackageKey {
  return `${type} ${name}`;
}

const OS_TYPES: ReadonlySet<string> = new Set(['dpkg', 'apk', 'rpm', 'portage']);

export function isOsPackage(key: PackageKey): boolean {
  return OS_TYPES.has(key.slice(0, key.indexOf(' ')));
}

/** Which package each file belongs to, as far as the package managers' own files of these trees say. */
export function ownersOf(trees: readonly FileTree[]): (path: string) => PackageKey | undefined {
  const owners = new Map<string, PackageKey>();
  for (const tree of trees) {
    for (const entry of tree.entries) {
      for (const fact of entry.packages ?? []) {
        for (const file of fact.files ?? []) owners.set(file, packageKey(fact));
      }
    }
  }
  return (path) => owners.get(path) ?? owners.get(withoutUsr(path)) ?? ownerByName(path);
}

/** A package lists `bin/x` where a merged /usr has it as `usr/bin/x`. */
function withoutUsr(path: string): string {
  return /^usr\/(?:s?bin|lib(?:32|64|x32)?)\//.test(path) ? path.slice('usr/'.length) : path;
}

/** dpkg's own files of a package are named after it and listed nowhere. */
function ownerByName(path: string): PackageKey | undefined {
  const name = /^var\/lib\/dpkg\/info\/([^/:]+?)(?::[^/.]+)?\.[a-z0-9]+$/.exec(path)?.[1];
  return name === undefined ? undefined : packageKey({ type: 'dpkg', name });
}
