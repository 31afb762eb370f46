import { bufferOf, tryFormat } from '../formats/byte-reader.js';
import { type CodeLayout, hashMarshal } from './marshal.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'python-bytecode';
const FLAG_HASHED = 1;

const UP_TO_3_7: CodeLayout = { leadingNumbers: 5, objectsBeforeLine: 8, objectsAfterLine: 1 };
const UP_TO_3_10: CodeLayout = { leadingNumbers: 6, objectsBeforeLine: 8, objectsAfterLine: 1 };
const FROM_3_11: CodeLayout = { leadingNumbers: 5, objectsBeforeLine: 8, objectsAfterLine: 2 };

/** The magic number of each released version (Lib/importlib/_bootstrap_external.py), and how it writes code. */
const LAYOUTS = new Map<number, CodeLayout>([
  [3379, UP_TO_3_7],
  [3394, UP_TO_3_7],
  [3413, UP_TO_3_10],
  [3425, UP_TO_3_10],
  [3439, UP_TO_3_10],
  [3495, FROM_3_11],
  [3531, FROM_3_11],
  [3571, FROM_3_11],
  [3627, FROM_3_11],
]);
/** The header of 3.6 has no flags (PEP 552 came with 3.7). */
const WITHOUT_FLAGS = 3379;

/** Compiled Python, by its code. */
export const pythonBytecode: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'A .pyc starts with the time of its source, and which of its objects are written as references depends on what else its compiler had in memory; neither is code.',
  example:
    'A package installed again has other times in its .pyc files; hidden. Another constant in the code, or a header that says "never check the source", is not.',
  default: true,
  matches: ({ path, head }) => path.endsWith('.pyc') && head[2] === 0x0d && head[3] === 0x0a,
  normalize: (content) => {
    const bytes = bufferOf(content);
    if (bytes.length < 16) return undefined;
    const magic = bytes.readUInt16LE(0);
    const layout = LAYOUTS.get(magic);
    if (layout === undefined) return undefined;
    const hash = new FieldHash().add(NAME, magic, checked(bytes, magic));
    const code = bytes.subarray(magic === WITHOUT_FLAGS ? 12 : 16);
    const parsed = tryFormat(() => {
      const parsedHash = new FieldHash();
      hashMarshal(code, layout, parsedHash);
      return parsedHash.digest();
    });
    return normalForm(NAME, parsed === undefined ? hash.add('bytes', code) : hash.add('code', parsed));
  },
};

/** The header without its time: how it is checked against the source, and the size or the hash of that. */
function checked(bytes: Buffer, magic: number): string {
  if (magic === WITHOUT_FLAGS) return `size ${bytes.readUInt32LE(8)}`;
  const flags = bytes.readUInt32LE(4);
  return (flags & FLAG_HASHED) === 0
    ? `flags ${flags} size ${bytes.readUInt32LE(12)}`
    : `flags ${flags} hash ${bytes.toString('hex', 8, 16)}`;
}
