import type { PackageReader } from '../layer/inspect.js';
import { isField, MAX_FILES } from './limits.js';
import { decodeText, linesOf } from './lines.js';

const ENTRY = /^var\/db\/pkg\/([^/]+)\/([^/]+)\/(SIZE|CONTENTS)$/;
/** PMS 8, 3.2: a version begins with a digit after the last such hyphen, and may end with a revision. */
const NAME_VERSION = /^(.+?)-(\d[^-]*(?:-r\d+)?)$/;

/** Gentoo's packages (`var/db/pkg/<category>/<name>-<version>`): `SIZE` in bytes, `CONTENTS` with the files. */
export const portageReader: PackageReader = {
  type: 'portage',
  matches: (file) => ENTRY.test(file.path),
  read(content, file) {
    const [, category, folder = '', kind] = ENTRY.exec(file.path) ?? [];
    const [, shortName, version] = NAME_VERSION.exec(folder) ?? [];
    if (!isField(category) || !isField(shortName) || !isField(version)) return [];
    const name = `${category}/${shortName}`;
    const text = decodeText(content);
    if (kind === 'CONTENTS') return [{ type: 'portage', name, version: '', files: filesOf(text) }];
    const size = text.trim();
    return [{ type: 'portage', name, version, ...(/^\d{1,15}$/.test(size) ? { sizeBytes: Number(size) } : {}) }];
  },
};

/** `obj <path> <md5> <mtime>`, `sym <path> -> <target> <mtime>`, `dir <path>`. */
function filesOf(text: string): string[] {
  const files: string[] = [];
  for (const line of linesOf(text)) {
    if (files.length === MAX_FILES) break;
    const path =
      /^obj \/(.+) [0-9a-f]{32} \d+$/.exec(line)?.[1] ??
      /^sym \/(.+?) -> /.exec(line)?.[1] ??
      /^dir \/(.+)$/.exec(line)?.[1];
    if (path !== undefined) files.push(path);
  }
  return files;
}
