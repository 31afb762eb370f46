import { createHash } from 'node:crypto';
import { ByteReader, FormatError, tryFormat } from '../formats/byte-reader.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'git-index';
const MAGIC = 'DIRC';
const SUM_BYTES = 20;
/** Of one file: two times, device, inode, and after its mode its owner and size. */
const [BEFORE_MODE, MODE, AFTER_MODE] = [24, 4, 12];
const NAMED_BYTES = SUM_BYTES + 2;
const IS_EXTENDED = 0x40;
const ALIGNED_TO = 8;

/** What git tracks in a checkout, by names, modes, objects and flags (gitformat-index(5), versions 2 and 3). */
export const gitIndex: ContentRule = {
  kind: 'content',
  name: NAME,
  reason: 'The index of a checkout holds the times and inode numbers of its files, which only save git a look at them.',
  example: '.git/index of a clone made again; hidden. Another file, object or flag (skip-worktree) in it is not.',
  default: true,
  matches: ({ path, head }) =>
    /(?:^|\/)\.git\/(?:.+\/)?index$/.test(path) && Buffer.from(head.subarray(0, 4)).toString('latin1') === MAGIC,
  normalize: (content) => tryFormat(() => normalForm(NAME, hashOf(Buffer.from(content)))),
};

function hashOf(bytes: Buffer): FieldHash {
  const body = bytes.subarray(0, -SUM_BYTES);
  if (!createHash('sha1').update(body).digest().equals(bytes.subarray(-SUM_BYTES)))
    throw new FormatError('git index: wrong sum');
  const reader = new ByteReader(body);
  reader.take(MAGIC.length);
  const [version, count] = [reader.u32be(), reader.u32be()];
  if (version !== 2 && version !== 3) throw new FormatError(`git index: version ${version}`);
  const hash = new FieldHash().add(NAME, count);
  for (let entry = 0; entry < count; entry += 1) {
    const start = reader.position;
    reader.take(BEFORE_MODE);
    const mode = reader.take(MODE);
    reader.take(AFTER_MODE);
    const named = reader.take(NAMED_BYTES);
    const flags = ((named[SUM_BYTES] as number) & IS_EXTENDED) === 0 ? Buffer.alloc(0) : reader.take(2);
    const nameStart = reader.position;
    while (reader.u8() !== 0);
    hash.add(mode, named, flags, body.subarray(nameStart, reader.position - 1));
    while ((reader.position - start) % ALIGNED_TO !== 0) reader.take(1);
  }
  // What git can do without starts with a capital letter; all of that is computed.
  while (reader.remaining > 0) {
    const kind = reader.take(4).toString('latin1');
    if (!/^[A-Z]/.test(kind)) throw new FormatError(`git index: an extension ${kind}`);
    reader.take(reader.u32be());
  }
  return hash;
}
