import { tryFormat } from '../formats/byte-reader.js';
import { isRpmDatabase, RPM_DATABASE, readRpmHeaders } from '../formats/rpm-database.js';
import { RPM_TAG, type RpmTag, readRpmTags } from '../formats/rpm-header.js';
import type { PackageFact } from '../layer/entry.js';
import type { PackageReader } from '../layer/inspect.js';
import { isField, MAX_FILES, MAX_PACKAGES } from './limits.js';
import { decodeText } from './lines.js';

/**
 * RPM packages from the database itself, in each of rpm's three forms. Versions have their epoch and release, as
 * `rpm -q --qf '%{EVR}'` prints them: `1:1.1.1k-9.el8`. No rpm is needed and nothing is run.
 */
export const rpmReader: PackageReader = {
  type: 'rpm',
  matches: (file) => RPM_DATABASE.test(file.path),
  read(content) {
    const headers = isRpmDatabase(content) ? (tryFormat(() => readRpmHeaders(content)) ?? []) : [];
    return headers.slice(0, MAX_PACKAGES).flatMap((header) => tryFormat(() => readPackage(readRpmTags(header))) ?? []);
  },
};

function readPackage(tags: readonly RpmTag[]): PackageFact[] {
  const byNumber = new Map(tags.map((tag) => [tag.tag, tag]));
  const texts = (number: number) => textsOf(byNumber.get(number));
  const numbers = (number: number) => numbersOf(byNumber.get(number));
  const [name] = texts(RPM_TAG.name);
  const [version] = texts(RPM_TAG.version);
  if (!isField(name) || !isField(version)) return [];
  const [release] = texts(RPM_TAG.release);
  const [epoch] = numbers(RPM_TAG.epoch);
  const [architecture] = texts(RPM_TAG.architecture);
  const [directories, indexes] = [texts(RPM_TAG.directoryNames), numbers(RPM_TAG.directoryIndexes)];
  const files = texts(RPM_TAG.baseNames).map((base, at) =>
    `${directories[indexes[at] ?? -1] ?? ''}${base}`.replace(/^\/+/, ''),
  );
  const long = byNumber.get(RPM_TAG.longSize)?.data;
  const sizeBytes = long === undefined ? numbers(RPM_TAG.size)[0] : Number(long.readBigUInt64BE());
  return [
    {
      type: 'rpm',
      name,
      version: `${epoch === undefined ? '' : `${epoch}:`}${version}${release === undefined ? '' : `-${release}`}`,
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      ...(isField(architecture) ? { architecture } : {}),
      ...(files.length > 0 ? { files } : {}),
    },
  ];
}

function textsOf(tag: RpmTag | undefined): string[] {
  return tag === undefined ? [] : decodeText(tag.data).split('\0', Math.min(tag.count, MAX_FILES));
}

function numbersOf(tag: RpmTag | undefined): number[] {
  if (tag === undefined) return [];
  return Array.from({ length: Math.min(tag.data.length / 4, MAX_FILES) }, (_, at) => tag.data.readUInt32BE(at * 4));
}
