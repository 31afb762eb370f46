import { parseObject } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'pnpm-store-index';

/** The lists of files of the packages in a store of pnpm, wherever it is. */
export const pnpmStoreIndex: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'pnpm notes in its store when it last compared each file with its sum; the sums and the files are what counts.',
  example:
    'Another checkedAt in store/v3/files/00/e22…-index.json; hidden. Another integrity, size or mode there is not.',
  default: true,
  matches: ({ path }) => /(?:^|\/)v\d+\/(?:files|index)\/[0-9a-f]{2}\/[0-9a-f]{32,}-[^/]+\.json$/.test(path),
  normalize: (content) => {
    const json = parseObject(latin1(content));
    if (typeof json?.files !== 'object') return undefined;
    const isTime = (key: string, value: unknown) => key === 'checkedAt' && typeof value === 'number';
    const text = JSON.stringify(json, (key, value: unknown) => (isTime(key, value) ? undefined : value));
    return normalForm(NAME, new FieldHash().add(NAME, text));
  },
};
