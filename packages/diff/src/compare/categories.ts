import type { LayerOrigin, TreeEntry } from '../tree/tree.js';
import type { ChangeCategory } from './comparison.js';
import type { Difference } from './differences.js';
import { type ComparedPart, comparedParts } from './evidence.js';
import { isOsPackage, type PackageKey } from './owners.js';

/** How many of the lower layers are the base image's, on each side. */
export interface BaseLayers {
  readonly before: number;
  readonly after: number;
}

const CONFIGURATION =
  /^(?:usr\/local\/)?etc(?!\/ld\.so\.cache$)(?:\/|$)|^var\/spool\/cron(?:\/|$)|(?:^|\/)\.ssh(?:\/|$)/;
const OS_DATABASE =
  /^(?:var\/lib\/(?:dpkg|apt|rpm|dnf|yum)|usr\/lib\/sysimage\/rpm|lib\/apk|usr\/lib\/apk|var\/db\/pkg|etc\/ld\.so\.cache)(?:\/|$)/;
const DEPENDENCY =
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|specifications|vendor\/bundle|BOOT-INF\/lib|WEB-INF\/lib|\.m2|\.yarn\/cache|\.yarn\/unplugged|\.pnp\.cjs)(?:\/|$)/;
const LIBRARY_PART = /(?:^|[/!])(?:BOOT-INF|WEB-INF)\/lib\//;
/** Spring Boot's lists of the libraries, which change with them. */
const LIBRARY_LIST = /^BOOT-INF\/(?:classpath|layers)\.idx$/;
const OS_FOLDER = /^(?:usr\/(?!local(?:\/|$))|s?bin\/|lib(?:32|64|x32)?\/|boot\/)/;

/** What a differing path is a change of: by the layer it came from, the package it belongs to, and where it lies. */
export function categoryOf(
  difference: Difference,
  owner: PackageKey | undefined,
  baseLayers: BaseLayers,
): ChangeCategory {
  const { path } = difference;
  if (isInBase(difference, baseLayers)) return 'base-image';
  if (CONFIGURATION.test(path)) return 'configuration';
  const origin = originOf(difference.after ?? difference.before);
  if (origin === 'copy') return DEPENDENCY.test(path) || isLibraryExchanged(difference) ? 'app-dependencies' : 'code';
  if (owner !== undefined) return isOsPackage(owner) ? 'os-packages' : 'app-dependencies';
  if (DEPENDENCY.test(path)) return 'app-dependencies';
  if (OS_DATABASE.test(path)) return 'os-packages';
  if (origin === 'unknown') return 'code';
  return OS_FOLDER.test(path) ? 'os-packages' : 'app-dependencies';
}

/** A copied file stays one, whichever layer gave it another owner. */
function originOf(entry: TreeEntry | undefined): LayerOrigin {
  if (entry === undefined) return 'unknown';
  return entry.madeIn?.origin === 'copy' && entry.type !== 'directory' ? 'copy' : entry.layer.origin;
}

/** Whether the base image accounts for it on every side that has the path. */
export function isInBase({ before, after }: Difference, baseLayers: BaseLayers): boolean {
  return (
    (before === undefined || before.layer.index < baseLayers.before) &&
    (after === undefined || after.layer.index < baseLayers.after)
  );
}

/** Whether libraries of a fat jar came or went, and nothing of it is other code of the same names. */
export function isLibraryExchanged({ before, after }: Difference): boolean {
  if (before?.normal?.parts === undefined || after?.normal?.parts === undefined) return false;
  const parts = comparedParts(before.normal.parts, after.normal.parts);
  const isLibrary = ({ name, action }: ComparedPart) => LIBRARY_PART.test(name) && action !== 'changed';
  return parts.some(isLibrary) && parts.every((part) => isLibrary(part) || LIBRARY_LIST.test(part.name));
}
