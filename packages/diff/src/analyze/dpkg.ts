import type { PackageFact } from '../layer/entry.js';
import type { PackageReader } from '../layer/inspect.js';
import { isField, MAX_FILES, MAX_PACKAGES } from './limits.js';
import { decodeText, linesOf, readFields } from './lines.js';

const STATUS = /^var\/lib\/dpkg\/(?:status|status\.d\/[^/]+)$/;
const FILE_LIST = /^var\/lib\/dpkg\/(?:info\/([^/]+)\.list|status\.d\/([^/]+)\.md5sums)$/;

/** States in which a package's files are there (dpkg(1), "Package states"); absent in `status.d`, which has no state. */
const PRESENT = new Set(['installed', 'triggers-pending', 'triggers-awaited', 'unpacked', 'half-configured']);

/**
 * Debian packages: `var/lib/dpkg/status`, and `status.d` of images without dpkg (deb-control(5)). Versions stay as they
 * are written; `Installed-Size` is in KiB there and in bytes here. `info/*.list` and `status.d/*.md5sums` give facts without
 * a version: the files of the package of that name.
 */
export const dpkgReader: PackageReader = {
  type: 'dpkg',
  matches: (file) => STATUS.test(file.path) || FILE_LIST.test(file.path),
  read(content, file) {
    const list = FILE_LIST.exec(file.path);
    if (list) return readFileList(decodeText(content), list[1] ?? list[2] ?? '', list[2] !== undefined);
    const packages: PackageFact[] = [];
    for (const stanza of stanzas(decodeText(content))) {
      if (packages.length === MAX_PACKAGES) break;
      const fact = packageOf(readFields(stanza));
      if (fact) packages.push(fact);
    }
    return packages;
  },
};

function packageOf(fields: ReadonlyMap<string, string>): PackageFact | undefined {
  const name = fields.get('package');
  const version = fields.get('version');
  const status = fields.get('status');
  if (!isField(name) || !isField(version)) return undefined;
  if (status !== undefined && !PRESENT.has(status.split(' ')[2] ?? '')) return undefined;
  const kib = fields.get('installed-size');
  const architecture = fields.get('architecture');
  return {
    type: 'dpkg',
    name,
    version,
    ...(kib !== undefined && /^\d{1,12}$/.test(kib) ? { sizeBytes: Number(kib) * 1024 } : {}),
    ...(isField(architecture) ? { architecture } : {}),
  };
}

function* stanzas(text: string): Generator<string[]> {
  let stanza: string[] = [];
  for (const line of linesOf(text)) {
    if (line !== '') stanza.push(line);
    else if (stanza.length > 0) {
      yield stanza;
      stanza = [];
    }
  }
  if (stanza.length > 0) yield stanza;
}

/** `libc6:amd64.list` has a path a line, directories too; `libc6.md5sums` has a digest before each. */
function readFileList(text: string, owner: string, withDigest: boolean): PackageFact[] {
  const [name, architecture] = owner.split(':');
  if (!isField(name)) return [];
  const files: string[] = [];
  for (const line of linesOf(text)) {
    if (files.length === MAX_FILES) break;
    const path = (withDigest ? line.slice(line.indexOf(' ') + 1).trimStart() : line).replace(/^\.?\/+/, '');
    if (path !== '' && path !== '.') files.push(path);
  }
  return [{ type: 'dpkg', name, version: '', files, ...(isField(architecture) ? { architecture } : {}) }];
}
