import type { PackageFact } from '../layer/entry.js';
import type { PackageReader } from '../layer/inspect.js';
import { baseOf } from '../layer/path.js';
import { isField } from './limits.js';
import { decodeText, linesOf } from './lines.js';
import { listZip, type ZipEntry } from './zip.js';

const ARCHIVE = /\.(?:jar|war|ear|par|sar|nar|hpi|jpi)$/i;
const POM = /^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;
const FILE_NAME = /^(.+?)-(\d[\w.+]*(?:[-.][\w.+]+)*)$/;
/** An archive in an archive in an archive: a war in an ear, with jars. */
const MAX_DEPTH = 3;
const MAX_ENTRIES = 65_535;
const MAX_TEXT_BYTES = 1024 * 1024;

/** What one outermost archive may cost, whatever is nested in it. */
interface Budget {
  packages: number;
  inflatedBytes: number;
}

/**
 * Java archives and what is nested in them: Maven's `pom.properties` (one for each artifact in a shaded jar), else the manifest's
 * title or symbolic name and version (JAR File Specification, "Main Attributes"), else the file's own name.
 */
export const jarReader: PackageReader = {
  type: 'jar',
  matches: ({ path, head }) => ARCHIVE.test(path) && head[0] === 0x50 && head[1] === 0x4b,
  read: (content, file) => readArchive(content, file.path, 1, { packages: 20_000, inflatedBytes: 256 * 1024 * 1024 }),
};

function readArchive(content: Uint8Array, path: string, depth: number, budget: Budget): PackageFact[] {
  const packages: PackageFact[] = [];
  let manifest: ZipEntry | undefined;
  const nested: ZipEntry[] = [];
  for (const entry of listZip(content, MAX_ENTRIES)) {
    if (entry.name === 'META-INF/MANIFEST.MF') manifest = entry;
    else if (POM.test(entry.name)) packages.push(...readPom(readEntry(entry, MAX_TEXT_BYTES, budget)));
    else if (ARCHIVE.test(entry.name)) nested.push(entry);
  }
  if (packages.length === 0) {
    const fact = readManifest(manifest && readEntry(manifest, MAX_TEXT_BYTES, budget), path);
    if (fact) packages.push(fact);
  }
  packages.splice(budget.packages);
  budget.packages -= packages.length;
  if (depth === MAX_DEPTH) return packages;
  for (const entry of nested) {
    if (budget.packages <= 0) break;
    const inner = readEntry(entry, budget.inflatedBytes, budget);
    if (inner) packages.push(...readArchive(inner, entry.name, depth + 1, budget));
  }
  return packages;
}

function readEntry(entry: ZipEntry, limit: number, budget: Budget): Uint8Array | undefined {
  const content = entry.read(Math.min(limit, budget.inflatedBytes));
  budget.inflatedBytes -= content?.byteLength ?? 0;
  return content;
}

function readPom(content: Uint8Array | undefined): PackageFact[] {
  const fields = new Map<string, string>();
  for (const line of linesOf(content ? decodeText(content) : '')) {
    const [, key, value] = /^\s*(groupId|artifactId|version)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) fields.set(key, value);
  }
  const group = fields.get('groupId');
  const artifact = fields.get('artifactId');
  const version = fields.get('version');
  if (!isField(artifact) || !isField(version)) return [];
  return [{ type: 'jar', name: isField(group) ? `${group}:${artifact}` : artifact, version }];
}

function readManifest(content: Uint8Array | undefined, path: string): PackageFact | undefined {
  const fields = content ? manifestFields(decodeText(content)) : new Map<string, string>();
  const base = baseOf(path).replace(ARCHIVE, '');
  const [, fileName, fileVersion] = FILE_NAME.exec(base) ?? [];
  const symbolicName = fields.get('bundle-symbolicname')?.split(';')[0]?.trim();
  const name = [symbolicName, fields.get('implementation-title'), fileName, base].find(isField);
  const version = [fields.get('implementation-version'), fields.get('bundle-version'), fileVersion].find(isField);
  return name !== undefined && version !== undefined ? { type: 'jar', name, version } : undefined;
}

/** The main section. A line of more than 72 bytes goes on in the next, after a space. */
function manifestFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of linesOf(text)) {
    if (line === '') break;
    if (line.startsWith(' ')) fields.set(name, `${fields.get(name) ?? ''}${line.slice(1)}`);
    else {
      const colon = line.indexOf(':');
      name = line.slice(0, Math.max(colon, 0)).toLowerCase();
      fields.set(name, line.slice(colon + 1).trim());
    }
  }
  return fields;
}
