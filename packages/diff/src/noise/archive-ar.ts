import { isAr, readArMembers } from '../formats/ar.js';
import type { Part } from '../layer/entry.js';
import type { Nest } from './nest.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'ar-members';

/** Static libraries and other ar archives, by their members in their order. */
export function arMembers(nest: Nest): ContentRule {
  return {
    kind: 'content',
    name: NAME,
    reason:
      'A linker reads the members of a static library; the time and the owner in their headers it does not look at.',
    example:
      'libv.a made again has other times in its headers; hidden. A member with another byte, or members in another order, are not.',
    default: true,
    matches: ({ head }) => isAr(head),
    normalize: (content) =>
      nest.open(() => {
        const hash = new FieldHash().add(NAME);
        const parts: Part[] = [];
        for (const { name, mode, content: bytes } of readArMembers(content)) {
          const form = nest.formOf({ path: name, mode: 0o644, content: bytes });
          hash.add(name, mode, form.digest);
          parts.push(...form.parts);
        }
        return normalForm(NAME, hash, parts);
      }),
  };
}
