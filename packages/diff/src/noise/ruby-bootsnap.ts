import { bufferOf, FormatError, tryFormat } from '../formats/byte-reader.js';
import { type MessagePackValue, readMessagePack } from '../formats/msgpack.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'ruby-bootsnap';
const COMPILED = /(?:^|\/)bootsnap\/compile-cache-\w+\/[0-9a-f]{2}\/[0-9a-f]{14}$/;
const LOAD_PATH = /(?:^|\/)bootsnap\/load-path-cache$/;

const HEADER_BYTES = 64;
/** The header's end that is not written, and so is what lay in memory: by its version (ext/bootsnap/bootsnap.c, `bs_cache_key`). */
const PADDING_FROM = new Map([
  [4, 40],
  [5, 49],
]);
/** Of the source, as the time after it. */
const SIZE_TO = 24;
const TIME_TO = 32;

/** What bootsnap keeps of Ruby files: compiled, and which of them lie where. */
export const rubyBootsnap: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'bootsnap notes the times of the files that it compiled and of the folders that it listed, and leaves the end of its header unset; what is loaded is the code.',
  example:
    'tmp/cache/bootsnap/compile-cache-iseq/49/4b3de22261bf46 made again from the same source has another time in its header; hidden. Other code, another size of the source, or another file in the list of a folder, is not.',
  default: true,
  matches: ({ path }) => COMPILED.test(path) || LOAD_PATH.test(path),
  normalize: (content, { path }) =>
    tryFormat(() => {
      const hash = new FieldHash().add(NAME);
      if (LOAD_PATH.test(path)) addLoadPath(readMessagePack(content), hash);
      else addCompiled(bufferOf(content), hash);
      return normalForm(NAME, hash);
    }),
};

function addCompiled(bytes: Buffer, hash: FieldHash): void {
  if (bytes.length < HEADER_BYTES) throw new FormatError('bootsnap: cut');
  const paddingFrom = PADDING_FROM.get(bytes.readUInt32LE(0));
  if (paddingFrom === undefined) throw new FormatError('bootsnap: another version');
  hash.add(bytes.subarray(0, SIZE_TO), bytes.subarray(TIME_TO, paddingFrom), bytes.subarray(HEADER_BYTES));
}

/** A map of folders, each with its time, its files and its folders; a folder that does not change has no time. */
function addLoadPath(cache: MessagePackValue, hash: FieldHash): void {
  if (cache.type !== 'map') throw new FormatError('bootsnap: no map');
  for (const value of cache.values) {
    const [time, ...lists] = value.type === 'array' ? value.values : [];
    const isTimed = time?.type === 'whole' && /^[1-9]\d*$/.test(time.value);
    hash.add(isTimed ? JSON.stringify(['time', lists]) : JSON.stringify(value));
  }
}
