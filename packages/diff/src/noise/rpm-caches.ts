import { notInstalled } from './installed.js';
import { leftBehind } from './left-behind.js';

/** Indexes of the packages, which `rpm --rebuilddb` makes of these: Berkeley DB's and ndb's (rpm 4.14, lib/rpmdb.c). */
const indexes = String.raw`(?:Basenames|Dirnames|Group|Installtid|Name|Pubkeys|Sha1header|Sigmd5|(?:Conflict|Enhance|Obsolete|Provide|Recommend|Require|Suggest|Supplement|Trigger|Filetrigger|Transfiletrigger)(?:name|version)|Index\.db)`;

/** What dnf, yum, zypper and rpm keep to be faster, to undo, or to lock. */
export const rpmCaches = leftBehind({
  name: 'rpm-caches',
  reason:
    'dnf, yum and zypper fetch metadata and packages again when they need them; histories and locks tell of the build; rpm makes its indexes of the packages.',
  example:
    '/var/cache/dnf/updates.solv or /var/lib/dnf/history.sqlite differs; hidden. /var/lib/rpm/rpmdb.sqlite, or Packages, or an .rpm of what is not installed, is not.',
  certainty: 'tool',
  below: /^var\/(?:cache\/(?:dnf|yum|libdnf5|zypp|PackageKit)|lib\/yum\/(?:history|yumdb))/,
  files: new RegExp(
    `^(?:${[
      String.raw`var/lib/dnf/history\.sqlite(?:-shm|-wal)?`,
      String.raw`usr/lib/sysimage/libdnf5/transaction_history\.sqlite(?:-shm|-wal)?`,
      String.raw`(?:var/lib/rpm|usr/lib/sysimage/rpm|(?:.+/)?\.rpmdb)/(?:\.rpm\.lock|\.dbenv\.lock|__db\.\d+|rpmdb\.sqlite-shm|${indexes})`,
    ].join('|')})$`,
  ),
  unless: notInstalled({
    files: /\.rpm$/,
    databases: ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'].flatMap((folder) =>
      ['rpmdb.sqlite', 'Packages', 'Packages.db'].map((name) => `${folder}/${name}`),
    ),
    nameOf: ({ name, version, architecture = '' }) => `${name}-${version.replace(/^\d+:/, '')}.${architecture}`,
  }),
});
