import { FormatError } from './byte-reader.js';
import { isBdb, readBdbHeaders } from './rpm-bdb.js';
import { isNdb, readNdbHeaders } from './rpm-ndb.js';
import { isSqlite, readSqliteTable } from './sqlite.js';

/** Where rpm keeps its database: by default, on openSUSE, with rpm-ostree. */
export const RPM_DATABASE =
  /^(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm|usr\/share\/rpm)\/(?:Packages|Packages\.db|rpmdb\.sqlite)$/;

/** Whether these bytes start as a database of rpm, in any of its three forms: Berkeley DB (to rpm 4.15), ndb and SQLite. */
export function isRpmDatabase(head: Uint8Array): boolean {
  return isSqlite(head) || isNdb(head) || isBdb(head);
}

/** The headers of all packages. Throws a FormatError where one may have been passed over. */
export function readRpmHeaders(content: Uint8Array): Uint8Array[] {
  if (isNdb(content)) return readNdbHeaders(content);
  if (isBdb(content)) return readBdbHeaders(content);
  return readSqliteTable(content, 'Packages').map(([, blob]) => {
    if (!(blob instanceof Uint8Array)) throw new FormatError('rpm: a row without a header');
    return blob;
  });
}
