import { createHash } from 'node:crypto';
import { bufferOf } from '../formats/byte-reader.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'git-pack-index';

/** `\377tOc`, version 2. */
const MAGIC = 'ff744f6300000002';
const NAMES_AT = 8 + 256 * 4;
const SUM_BYTES = 20;
/** Of one object: its name, a sum over its packed bytes, and their place. */
const OBJECT_BYTES = SUM_BYTES + 4 + 4;
const LARGE_PLACE_BYTES = 8;

/** Indexes of git's packs, by the names of the objects. */
export const gitPackIndex: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'The index of a pack lists where in it each object lies, packed how; the name of an object is the sum of its content.',
  example: 'The same objects at other places of a pack; hidden. One object more, less or other is not.',
  default: true,
  matches: ({ path, head }) =>
    path.endsWith('.idx') && Buffer.from(head.subarray(0, MAGIC.length / 2)).toString('hex') === MAGIC,
  normalize: (content) => {
    const bytes = bufferOf(content);
    if (bytes.length < NAMES_AT + 2 * SUM_BYTES) return undefined;
    const count = bytes.readUInt32BE(NAMES_AT - 4);
    const rest = bytes.length - NAMES_AT - count * OBJECT_BYTES - 2 * SUM_BYTES;
    if (rest < 0 || rest % LARGE_PLACE_BYTES !== 0) return undefined;
    const sum = createHash('sha1').update(bytes.subarray(0, -SUM_BYTES)).digest();
    if (!sum.equals(bytes.subarray(-SUM_BYTES))) return undefined;
    return normalForm(NAME, new FieldHash().add(NAME, bytes.subarray(NAMES_AT, NAMES_AT + count * SUM_BYTES)));
  },
};
