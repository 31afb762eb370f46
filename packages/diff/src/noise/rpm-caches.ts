import { leftBehind } from './left-behind.js';

/** What dnf, yum, zypper and rpm keep to be faster, to undo, or to lock. */
export const rpmCaches = leftBehind({
  name: 'rpm-caches',
  reason:
    'dnf, yum and zypper fetch metadata and packages again when they need them; histories and locks tell of the build.',
  example:
    '/var/cache/dnf/updates.solv or /var/lib/dnf/history.sqlite differs; hidden. /var/lib/rpm/rpmdb.sqlite is not.',
  certainty: 'tool',
  files:
    /^(?:var\/cache\/(?:dnf|yum|libdnf5|zypp|PackageKit)\/.+|var\/lib\/(?:dnf\/history\.sqlite(?:-shm|-wal)?|yum\/(?:history|yumdb)\/.+)|usr\/lib\/sysimage\/libdnf5\/transaction_history\.sqlite(?:-shm|-wal)?|(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm|(?:.+\/)?\.rpmdb)\/(?:\.rpm\.lock|__db\.\d+|rpmdb\.sqlite-shm))$/,
  folders: /^var\/(?:cache\/(?:dnf|yum|libdnf5|zypp|PackageKit)|lib\/yum\/(?:history|yumdb))(?:\/.+)?$/,
});
