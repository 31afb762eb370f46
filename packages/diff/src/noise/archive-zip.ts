import { readZip, type ZipEntry } from '../formats/zip.js';
import type { Part } from '../layer/entry.js';
import type { InnerFile, Nest } from './nest.js';
import { compareText, FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'zip-entries';
const SPRING_LAUNCHER = 'org/springframework/boot/loader/';
const JAR_LIBRARIES = /^BOOT-INF\/lib\//;
const WAR_LIBRARIES = /^WEB-INF\/lib(?:-provided)?\//;

/** Jars, wars, wheels and other zip archives, by what is in them. */
export function zipEntries(nest: Nest): ContentRule {
  return {
    kind: 'content',
    name: NAME,
    reason:
      'A zip archive (jar, war, ear, wheel, zipapp) is read by its entries: their times, order and compression say nothing of what is in them.',
    example:
      'A jar built again has other entry times; hidden. One byte of a class in a jar in that jar, or a mode of an entry, is not.',
    default: true,
    matches: ({ path, head }) => isZip(head) || isScriptBeforeZip(path, head),
    normalize: (content) =>
      nest.open(() => {
        const { script, entries, comment } = readZip(content);
        const isSigned = entries.some(({ name }) => /^META-INF\/[^/]+\.SF$/i.test(name));
        const hash = new FieldHash().add(NAME, script, comment);
        const parts: Part[] = [];
        for (const entry of [...entries].sort((a, b) => compareText(a.name, b.name))) {
          const bytes = entry.read();
          // A signature covers each entry as it is written.
          const file = innerFile(entry, bytes);
          const form = isSigned ? nest.asWritten(file) : nest.formOf(file);
          hash.add(
            entry.rawName,
            entry.host,
            entry.attributes,
            String(entry.isMarkedUtf8),
            entry.comment,
            entry.extra.length,
          );
          for (const { id, data } of entry.extra) hash.add(id, data);
          // A launcher opens a jar in a jar in place, which it can do only if that is not compressed.
          hash.add(isZip(bytes) ? String(entry.isStored) : '', form.digest);
          parts.push(...form.parts);
        }
        hash.add(...classPathOrder(entries));
        return normalForm(NAME, hash, parts);
      }),
  };
}

/** An archive with entries, or the empty one. */
function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

/** A program of Python's zipapp, whose script is one line, or a jar that may start with a longer one, as Spring Boot's can. */
function isScriptBeforeZip(path: string, head: Uint8Array): boolean {
  const start = Buffer.from(head);
  if (start.toString('latin1', 0, 2) !== '#!') return false;
  return isZip(start.subarray(start.indexOf('\n') + 1)) || /\.[jw]ar$/.test(path);
}

function innerFile({ name, host, attributes }: ZipEntry, content: Buffer): InnerFile {
  return { path: name, mode: host === 3 ? (attributes >>> 16) & 0o7777 : 0o644, content };
}

/**
 * Spring Boot's launcher takes libraries in the archive's order; BOOT-INF/classpath.idx says another only where the archive was
 * unpacked. A war is a launcher's where that lies in it.
 */
function classPathOrder(entries: readonly ZipEntry[]): string[] {
  const names = entries.map(({ name }) => name);
  const hasLauncher = names.some((name) => name.startsWith(SPRING_LAUNCHER));
  return names.filter((name) => JAR_LIBRARIES.test(name) || (hasLauncher && WAR_LIBRARIES.test(name)));
}
