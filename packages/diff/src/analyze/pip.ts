import type { PackageFact } from '../layer/entry.js';
import type { FileHead, PackageReader } from '../layer/inspect.js';
import { isField, MAX_FILES } from './limits.js';
import { decodeText, linesOf, readFields } from './lines.js';

const METADATA = /(?:^|\/)(?:[^/]+\.dist-info\/METADATA|[^/]+\.egg-info\/PKG-INFO|[^/]+\.egg-info|EGG-INFO\/PKG-INFO)$/;
const FILES = /^((?:.*\/)?)([^/]+)\.(?:dist-info\/RECORD|egg-info\/installed-files\.txt)$/;

/**
 * Python packages wherever they lie: site-packages, Debian's dist-packages, virtualenvs, zipped or unpacked eggs.
 * `METADATA` and `PKG-INFO` (Core metadata 2.4) give name and version; `RECORD` and `installed-files.txt` give a fact without
 * a version that has the files.
 */
export const pipReader: PackageReader = {
  type: 'pip',
  matches: (file) => METADATA.test(file.path) || FILES.test(file.path),
  read(content, file) {
    const text = decodeText(content);
    const list = FILES.exec(file.path);
    if (list) return readRecord(text, file, list[1] ?? '', list[2] ?? '');
    const fields = readFields(linesOf(text));
    const name = fields.get('name');
    const version = fields.get('version');
    return isField(name) && isField(version) ? [{ type: 'pip', name, version }] : [];
  },
};

/** `RECORD` (PEP 376) is CSV with paths relative to the folder of the packages; `installed-files.txt` is relative to its own. */
function readRecord(text: string, file: FileHead, sitePackages: string, stem: string): PackageFact[] {
  const isRecord = file.path.endsWith('/RECORD');
  const base = isRecord ? sitePackages : file.path.slice(0, file.path.lastIndexOf('/') + 1);
  const files: string[] = [];
  for (const line of linesOf(text)) {
    if (files.length === MAX_FILES) break;
    const path = resolvePath(base, isRecord ? firstColumn(line) : line.trim());
    if (path !== undefined) files.push(path);
  }
  const name = stem.split('-')[0];
  return isField(name) ? [{ type: 'pip', name, version: '', files }] : [];
}

function firstColumn(line: string): string {
  if (!line.startsWith('"')) return line.split(',', 1)[0] ?? '';
  const end = /^"((?:[^"]|"")*)"/.exec(line);
  return (end?.[1] ?? '').replaceAll('""', '"');
}

/** `undefined` where the path is empty or leaves the image. */
function resolvePath(base: string, path: string): string | undefined {
  if (path === '') return undefined;
  const parts: string[] = path.startsWith('/') ? [] : base.split('/').filter((part) => part !== '');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join('/');
}
