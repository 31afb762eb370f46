import { isGzip, readGzip } from '../formats/gzip.js';
import type { Nest } from './nest.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'gzip-header';

/** Gzip files by what they unpack to. */
export function gzipHeader(nest: Nest): ContentRule {
  return {
    kind: 'content',
    name: NAME,
    reason:
      'The header of a gzip file holds the time and the name of the file that was packed; what it unpacks to is what is read.',
    example:
      'A changelog.gz packed again has another time in its header; hidden. One other byte in what it unpacks to is not.',
    default: true,
    matches: ({ head }) => isGzip(head),
    normalize: (content, file) =>
      nest.open(() => {
        const path = file.path.replace(/\.tgz$/, '.tar').replace(/\.gz$/, '');
        const unpacked = readGzip(content);
        const inner = nest.formOf({ path, mode: file.mode, content: unpacked.content });
        const parts = inner.parts.filter(({ name }) => name !== path);
        // Some programs read the first of several members and no more.
        return normalForm(
          NAME,
          new FieldHash().add(NAME, inner.digest, ...unpacked.memberSizes.slice(0, -1)),
          parts.map(({ name, value }) => ({ name: name.slice(path.length + 2), value })),
        );
      }),
  };
}
