import { FormatError } from '../formats/byte-reader.js';
import { isTar, readTarMembers, type TarMember } from '../formats/tar.js';
import type { Part } from '../layer/entry.js';
import { gemMembers } from './gem-archive.js';
import type { Nest } from './nest.js';
import { compareText, FieldHash, normalForm, shortDigest } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'tar-members';
const HARD_LINK = '1';
const SYMLINK = '2';

/** Tar archives that lie in an image as files, by their members. */
export function tarMembers(nest: Nest): ContentRule {
  return {
    kind: 'content',
    name: NAME,
    reason:
      'A tar archive is read by its members: their times, their order and the padding say nothing of what is in them.',
    example:
      'assets.tar.gz packed again has other member times; hidden. A member with another byte, mode or owner is not.',
    default: true,
    matches: ({ head }) => isTar(head),
    normalize: (content, file) =>
      nest.open(() => {
        const members = readTarMembers(content);
        checkOrder(members);
        const hash = new FieldHash().add(NAME);
        const parts: Part[] = [];
        for (const member of [...gemMembers(file.path, members)].sort((a, b) => compareText(a.path, b.path))) {
          const path = member.path.replace(/^\.?\//, '');
          const form = nest.formOf({ path, mode: member.mode, content: member.content });
          const meta = new FieldHash()
            .add(
              member.path,
              member.type,
              member.mode,
              member.owner,
              member.linkPath,
              member.device,
              ...member.extended,
            )
            .digest();
          hash.add(meta, form.digest);
          if (member.type === '0') parts.push(...form.parts);
          else parts.push({ name: path, value: shortDigest(meta) });
        }
        return normalForm(NAME, hash, parts);
      }),
  };
}

/**
 * The order says nothing only where no name is there twice, however it is written, each hard link is to a member before it, and
 * nothing is unpacked through a symlink of the archive.
 */
function checkOrder(members: readonly TarMember[]): void {
  const seen = new Set<string>();
  for (const { path, type, linkPath } of members) {
    if (seen.has(plain(path))) throw new FormatError(`tar: ${path} is there twice`);
    if (type === HARD_LINK && !seen.has(plain(linkPath)))
      throw new FormatError(`tar: ${path} is a link to what comes later`);
    seen.add(plain(path));
  }
  // What lies in a member follows it in this order.
  const sorted = members
    .map(({ path, type }) => ({ path: `${plain(path)}/`, type }))
    .sort((a, b) => compareText(a.path, b.path));
  sorted.forEach(({ path, type }, at) => {
    if (type === SYMLINK && sorted[at + 1]?.path.startsWith(path)) throw new FormatError(`tar: more behind ${path}`);
  });
}

/** `a/b` for `./a//b/`, which unpacks to the same place. */
function plain(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
