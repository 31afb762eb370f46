import { FormatError, tryFormat } from './formats/byte-reader.js';
import { isBdb, readBdbHeaders } from './formats/rpm-bdb.js';
import { readRpmTags, textOfTag } from './formats/rpm-header.js';
import { isNdb, readNdbHeaders } from './formats/rpm-ndb.js';
import { isSqlite, readSqliteTable } from './formats/sqlite.js';
import { compareText, FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'rpm-database';
const PATHS =
  /^(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm|usr\/share\/rpm|(?:.+\/)?\.rpmdb)\/(?:Packages|Packages\.db|rpmdb\.sqlite)$/;

/** rpm 4.18, include/rpm/rpmtag.h. */
const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  installTime: 1008,
  architecture: 1022,
  installTransaction: 1128,
};
const NOISE: ReadonlySet<number> = new Set([TAG.installTime, TAG.installTransaction]);

/** rpm's database by its packages, in the forms SQLite, ndb and Berkeley DB. */
export const rpmDatabase: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'The database holds when each package was installed, and pages whose order tells of the transactions; what is installed are the headers.',
  example:
    'The same packages installed on another day; hidden. Another version, a package built anew, or any other tag of a header, is not.',
  default: true,
  matches: ({ path, head }) => PATHS.test(path) && (isSqlite(head) || isNdb(head) || isBdb(head)),
  normalize: (content) =>
    tryFormat(() => {
      const packages = headersOf(content).map((header) => {
        const tags = readRpmTags(header);
        const hash = new FieldHash();
        for (const { tag, type, count, data } of tags) if (!NOISE.has(tag)) hash.add(tag, type, count, data);
        const [name, version, release, architecture] = [TAG.name, TAG.version, TAG.release, TAG.architecture].map(
          (tag) => textOfTag(tags, tag),
        );
        return { part: { name: `${name}.${architecture}`, value: `${version}-${release}` }, digest: hash.digest() };
      });
      const digests = packages.map(({ digest }) => digest).sort(compareText);
      return normalForm(
        NAME,
        new FieldHash().add(NAME, ...digests),
        packages.map(({ part }) => part),
      );
    }),
};

function headersOf(content: Uint8Array): Uint8Array[] {
  if (isNdb(content)) return readNdbHeaders(content);
  if (isBdb(content)) return readBdbHeaders(content);
  return readSqliteTable(content, 'Packages').map(([, blob]) => {
    if (!(blob instanceof Uint8Array)) throw new FormatError('rpm: a row without a header');
    return blob;
  });
}
