import type { PackageFact } from '../layer/entry.js';
import type { FileTree } from '../tree/tree.js';
import { pythonSourceOf } from './python-source.js';

/** `dpkg` and a package's name, as one key. */
export type PackageKey = string;

/** Python's names in the form in which they are compared (PEP 503): `typing_extensions-4.1.0.dist-info` is of `typing-extensions`. */
export function packageKey({ type, name }: Pick<PackageFact, 'type' | 'name'>): PackageKey {
  return `${type} ${type === 'pip' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name}`;
}

const OS_TYPES: ReadonlySet<string> = new Set(['dpkg', 'apk', 'rpm', 'portage']);

export function isOsPackage(key: PackageKey): boolean {
  return OS_TYPES.has(key.slice(0, key.indexOf(' ')));
}

/**
 * Which packages each file belongs to, as far as the package managers' own files of these trees say: one of the operating system
 * first, and what else that package is (Alpine's py3-requests is pip's requests). Debian compiles Python's modules when it installs
 * them, and lists only the modules.
 */
export function ownersOf(trees: readonly FileTree[]): (path: string) => readonly PackageKey[] {
  const ofSystem = new Map<string, PackageKey>();
  const others = new Map<string, PackageKey>();
  for (const tree of trees) {
    for (const entry of tree.entries) {
      for (const fact of entry.packages ?? []) {
        const key = packageKey(fact);
        const owners = isOsPackage(key) ? ofSystem : others;
        for (const file of fact.files ?? []) owners.set(file, key);
      }
    }
  }
  const systemOwner = (path: string) => ofSystem.get(path) ?? ofSystem.get(withoutUsr(path)) ?? ownerByName(path);
  const owners = (path: string) => [systemOwner(path), others.get(path)].filter((key) => key !== undefined);
  return (path) => {
    const found = owners(path);
    return found.length > 0 ? found : owners(pythonSourceOf(path));
  };
}

/** A package lists `bin/x` where a merged /usr has it as `usr/bin/x`. */
function withoutUsr(path: string): string {
  return /^usr\/(?:s?bin|lib(?:32|64|x32)?)\//.test(path) ? path.slice('usr/'.length) : path;
}

/** dpkg's own files of a package are named after it and listed nowhere. */
function ownerByName(path: string): PackageKey | undefined {
  const [, info, status] =
    /^var\/lib\/dpkg\/(?:info\/([^/:]+?)(?::[^/.]+)?\.[a-z0-9]+|status\.d\/([^/]+)\.md5sums)$/.exec(path) ?? [];
  const name = info ?? status;
  return name === undefined ? undefined : packageKey({ type: 'dpkg', name });
}
