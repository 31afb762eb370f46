import { accountBackups } from './account-backups.js';
import { apkCaches } from './apk-caches.js';
import { apkInstalled } from './apk-installed.js';
import { aptCaches } from './apt-caches.js';
import { aptLogs } from './apt-logs.js';
import { arMembers } from './archive-ar.js';
import { gzipHeader } from './archive-gzip.js';
import { tarMembers } from './archive-tar.js';
import { zipEntries } from './archive-zip.js';
import { buildLogs } from './build-logs.js';
import { buildToolNotes } from './build-tool-notes.js';
import { cargoBuildNotes } from './cargo-build-notes.js';
import { cargoCaches } from './cargo-caches.js';
import { compilerCaches } from './compiler-caches.js';
import { composerCaches } from './composer-caches.js';
import { cpanmLeftovers } from './cpanm-leftovers.js';
import { crontabNote } from './crontab-note.js';
import { debconfDatabase } from './debconf-database.js';
import { denoCaches } from './deno-caches.js';
import { desktopCaches } from './desktop-caches.js';
import { dotnetCaches } from './dotnet-caches.js';
import { dpkgBackups } from './dpkg-backups.js';
import { dpkgFileList } from './dpkg-file-list.js';
import { dpkgStatus } from './dpkg-status.js';
import { elfDebugInfo } from './elf-debug-info.js';
import { fontCaches } from './font-caches.js';
import { gemBuildLogs } from './gem-build-logs.js';
import { gemCaches } from './gem-caches.js';
import { gemMakefile } from './gem-makefile.js';
import { gemspecDate } from './gemspec-date.js';
import { generatedIdentity } from './generated-identity.js';
import { gitBookkeeping } from './git-bookkeeping.js';
import { gitIndex } from './git-index.js';
import { gitPackIndex } from './git-pack-index.js';
import { gitPacks } from './git-packs.js';
import { goCaches } from './go-caches.js';
import { goVcsStamp } from './go-vcs-stamp.js';
import { gpgKeyring } from './gpg-keyring.js';
import { gradleCaches } from './gradle-caches.js';
import { jarManifest } from './jar-manifest.js';
import { javaKeyStore } from './java-key-store.js';
import { javaProperties } from './java-properties.js';
import { ldconfigCache } from './ldconfig-cache.js';
import { loginRecords } from './login-records.js';
import { manIndex } from './man-index.js';
import { matplotlibFonts } from './matplotlib-fonts.js';
import { mavenBookkeeping } from './maven-bookkeeping.js';
import { Nest } from './nest.js';
import { npmCaches } from './npm-caches.js';
import { npmHiddenLock } from './npm-hidden-lock.js';
import { npmInstallNotes } from './npm-install-notes.js';
import { pearRegistry } from './pear-registry.js';
import { perlLocalLog } from './perl-local-log.js';
import { pnpmState } from './pnpm-state.js';
import { pnpmStoreIndex } from './pnpm-store-index.js';
import { pythonBytecode } from './python-bytecode.js';
import { pythonCaches } from './python-caches.js';
import { pythonDirectUrl } from './python-direct-url.js';
import { pythonInstallerNotes } from './python-installer-notes.js';
import { pythonRecord } from './python-record.js';
import { rpmCaches } from './rpm-caches.js';
import { rpmDatabase } from './rpm-database.js';
import { rpmLogs } from './rpm-logs.js';
import { rubyBootsnap } from './ruby-bootsnap.js';
import type { ContentRule, Rule, TreeRule } from './rule.js';
import { shadowDays } from './shadow-days.js';
import { sprocketsCaches } from './sprockets-caches.js';
import { sprocketsManifest } from './sprockets-manifest.js';
import { symfonyContainer } from './symfony-container.js';
import { temporaryLeftovers } from './temporary-leftovers.js';
import { toolHistories } from './tool-histories.js';
import { uvCacheInfo } from './uv-cache-info.js';
import { yarnPnpmCaches } from './yarn-pnpm-caches.js';

/** Counts up whenever a rule's answer to some file changes: fingerprints of different versions are never compared. */
export const RULES_VERSION = '10';

const TREE_RULES: readonly TreeRule[] = [
  accountBackups,
  apkCaches,
  aptCaches,
  aptLogs,
  buildLogs,
  buildToolNotes,
  cargoBuildNotes,
  cargoCaches,
  compilerCaches,
  composerCaches,
  cpanmLeftovers,
  denoCaches,
  desktopCaches,
  dotnetCaches,
  dpkgBackups,
  fontCaches,
  gemBuildLogs,
  gemCaches,
  generatedIdentity,
  gitBookkeeping,
  gitPacks,
  goCaches,
  gradleCaches,
  ldconfigCache,
  loginRecords,
  manIndex,
  mavenBookkeeping,
  npmCaches,
  pythonCaches,
  pythonInstallerNotes,
  rpmCaches,
  rpmLogs,
  sprocketsCaches,
  temporaryLeftovers,
  toolHistories,
  yarnPnpmCaches,
];

/** Asked before the others, since the first that gives a form has the file: the rule for all programs knows less of these. */
const FIRST_RULES: readonly ContentRule[] = [goVcsStamp];

const FILE_RULES: readonly ContentRule[] = [
  apkInstalled,
  crontabNote,
  debconfDatabase,
  dpkgFileList,
  dpkgStatus,
  elfDebugInfo,
  gemMakefile,
  gemspecDate,
  gitIndex,
  gitPackIndex,
  gpgKeyring,
  jarManifest,
  javaKeyStore,
  javaProperties,
  matplotlibFonts,
  npmHiddenLock,
  npmInstallNotes,
  pearRegistry,
  perlLocalLog,
  pnpmState,
  pnpmStoreIndex,
  pythonBytecode,
  pythonDirectUrl,
  pythonRecord,
  rpmDatabase,
  rubyBootsnap,
  shadowDays,
  sprocketsManifest,
  symfonyContainer,
  uvCacheInfo,
];

/**
 * The built-in rules but those that `isOn` says no to; without it, those that are on by default. A rule that is off is off
 * inside of archives too, so take rules from here and do not filter `defaultRules`.
 */
export function selectRules(isOn: (rule: Rule) => boolean = (rule) => rule.default): readonly Rule[] {
  const nest = new Nest(() => content);
  const archives = [arMembers(nest), gzipHeader(nest), tarMembers(nest), zipEntries(nest)];
  const byName = (a: Rule, b: Rule) => (a.name < b.name ? -1 : 1);
  const content: readonly ContentRule[] = [...FIRST_RULES, ...[...FILE_RULES, ...archives].sort(byName)].filter(isOn);
  return [...TREE_RULES.filter(isOn).sort(byName), ...content];
}

/** The rules that are on unless turned off. */
export const defaultRules: readonly Rule[] = selectRules();
