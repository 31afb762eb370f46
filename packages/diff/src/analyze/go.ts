import { isElf } from '../formats/elf.js';
import { MIN_GO_PROGRAM_BYTES, readGoBuildInfo } from '../formats/go-build-info.js';
import type { PackageFact } from '../layer/entry.js';
import type { FileHead, PackageReader } from '../layer/inspect.js';
import { baseOf } from '../layer/path.js';
import { isField, MAX_PACKAGES } from './limits.js';
import { decodeText, linesOf } from './lines.js';

/** Go modules out of the build information in ELF programs, in the form of Go 1.18 and the older one; Go itself is `stdlib`. */
export const goReader: PackageReader = {
  type: 'go',
  matches: mayBeGo,
  read(content) {
    const info = readGoBuildInfo(content);
    if (!info) return [];
    const packages = parseModules(decodeText(info.modules));
    const version = /^go(\d\S*)/.exec(info.goVersion)?.[1];
    if (isField(version)) packages.push({ type: 'go', name: 'stdlib', version });
    return packages;
  },
};

/** Go's programs can't be told from others by their first bytes: any ELF program of some size, but no library. */
function mayBeGo({ path, size, mode, head }: FileHead): boolean {
  if (size < MIN_GO_PROGRAM_BYTES || (mode & 0o111) === 0 || head.byteLength < 18) return false;
  return isElf(head) && !/\.(?:so|ko|o)(?:\.|$)/.test(baseOf(path));
}

/** Lines of `mod` (the main module), `dep`, and `=>` (what the module of the line above was replaced by). */
function parseModules(text: string): PackageFact[] {
  const packages: PackageFact[] = [];
  for (const line of linesOf(text)) {
    if (packages.length === MAX_PACKAGES) break;
    const [kind, name, version] = line.split('\t');
    if (kind !== 'mod' && kind !== 'dep' && kind !== '=>') continue;
    if (kind === '=>') packages.pop();
    const fact = { type: 'go', version: isField(version) ? version : '(devel)' } as const;
    if (isField(name)) packages.push({ ...fact, name, ...(kind === 'mod' && { isMain: true }) });
  }
  return packages;
}
