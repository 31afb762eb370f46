import { isObject, parseObject } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'uv-cache-info';

/** What uv notes of the folder that it installed a package from, to know when to install it again. */
export const uvCacheInfo: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'uv notes the times of the source that it installed a package from, which are those of the build; what was installed is compared itself.',
  example:
    'Another timestamp in myapp-1.0.0.dist-info/uv_cache.json; hidden. Another commit, tag or variable there, or a module of the package, is not.',
  default: true,
  matches: ({ path }) => path.endsWith('.dist-info/uv_cache.json'),
  normalize: (content) => {
    const json = parseObject(latin1(content));
    if (json === undefined) return undefined;
    const directories = isObject(json.directories) ? { directories: Object.keys(json.directories) } : {};
    return normalForm(
      NAME,
      new FieldHash().add(NAME, JSON.stringify({ ...json, ...directories, timestamp: undefined })),
    );
  },
};
