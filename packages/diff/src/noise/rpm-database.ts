import { tryFormat } from '../formats/byte-reader.js';
import { isRpmDatabase, RPM_DATABASE, readRpmHeaders } from '../formats/rpm-database.js';
import { RPM_TAG, readRpmTags, textOfTag } from '../formats/rpm-header.js';
import { compareText, FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'rpm-database';
/** As older rpm keeps it for a user, and some builds of images for themselves. */
const IN_A_HOME = /(?:^|\/)\.rpmdb\/(?:Packages|Packages\.db|rpmdb\.sqlite)$/;

const NOISE: ReadonlySet<number> = new Set([RPM_TAG.installTime, RPM_TAG.installTransaction]);

/** rpm's database by its packages, in the forms SQLite, ndb and Berkeley DB. */
export const rpmDatabase: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'The database holds when each package was installed, and pages whose order tells of the transactions; what is installed are the headers.',
  example:
    'The same packages installed on another day; hidden. Another version, a package built anew, or any other tag of a header, is not.',
  default: true,
  matches: ({ path, head }) => (RPM_DATABASE.test(path) || IN_A_HOME.test(path)) && isRpmDatabase(head),
  normalize: (content) =>
    tryFormat(() => {
      const packages = readRpmHeaders(content).map((header) => {
        const tags = readRpmTags(header);
        const hash = new FieldHash();
        for (const { tag, type, count, data } of tags) if (!NOISE.has(tag)) hash.add(tag, type, count, data);
        const [name, version, release, architecture] = [
          RPM_TAG.name,
          RPM_TAG.version,
          RPM_TAG.release,
          RPM_TAG.architecture,
        ].map((tag) => textOfTag(tags, tag));
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
