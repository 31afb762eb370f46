import type { PackageFact } from '../layer/entry.js';
import type { PackageReader } from '../layer/inspect.js';
import { MAX_PACKAGES } from './limits.js';
import { isBdb, readBdb } from './rpm-bdb.js';
import { readRpmHeader } from './rpm-header.js';
import { isNdb, readNdb } from './rpm-ndb.js';
import { isSqlite, readTable } from './sqlite-table.js';

/** Where rpm keeps its database: by default, on openSUSE, with rpm-ostree. */
export const RPM_DATABASE =
  /^(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm|usr\/share\/rpm)\/(?:Packages|Packages\.db|rpmdb\.sqlite)$/;

/**
 * RPM packages from the database itself, in each of rpm's three forms: Berkeley DB (to rpm 4.15), ndb and SQLite.
 * Versions have their epoch and release: `1:1.1.1k-9.el8`. No rpm is needed and nothing is run.
 */
export const rpmReader: PackageReader = {
  type: 'rpm',
  matches: (file) => RPM_DATABASE.test(file.path),
  read(content) {
    const packages: PackageFact[] = [];
    for (const header of headersOf(content)) {
      if (packages.length === MAX_PACKAGES) break;
      const fact = readRpmHeader(header);
      if (fact) packages.push(fact);
    }
    return packages;
  },
};

function* headersOf(content: Uint8Array): Generator<Uint8Array> {
  if (isNdb(content)) yield* readNdb(content);
  else if (isBdb(content)) yield* readBdb(content);
  else if (isSqlite(content)) {
    for (const [, blob] of readTable(content, 'Packages')) if (blob instanceof Uint8Array) yield blob;
  }
}
