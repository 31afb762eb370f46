import type { PackageReader } from '../layer/inspect.js';
import { apkReader } from './apk.js';
import { dpkgReader } from './dpkg.js';
import { gemReader } from './gem.js';
import { goReader } from './go.js';
import { jarReader } from './jar.js';
import { npmReader } from './npm.js';
import { pipReader } from './pip.js';
import { portageReader } from './portage.js';
import { rpmReader } from './rpm.js';

/** Of the readers: part of what a layer index is cached under. Goes up with every change of what a reader gives. */
export const PACKAGE_READERS_VERSION = '2';

/** One for each package manager. A fact whose `version` is empty is a list of files only; see `installedPackages`. */
export const packageReaders: readonly PackageReader[] = [
  dpkgReader,
  apkReader,
  rpmReader,
  pipReader,
  npmReader,
  gemReader,
  jarReader,
  goReader,
  portageReader,
];
