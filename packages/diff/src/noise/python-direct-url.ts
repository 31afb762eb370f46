import { parseObject } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'python-direct-url';

/** Where pip took a package from, if not from an index (PEP 610). */
export const pythonDirectUrl: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'A folder or file that a package was installed from is gone when the image runs, so its path says nothing of what was installed.',
  example:
    'file:///tmp/tmp.DEI93/src became file:///tmp/tmp.421WB/src; hidden. A git URL, a commit, the sum of an archive, or "editable", is not.',
  default: true,
  matches: ({ path }) => path.endsWith('.dist-info/direct_url.json'),
  normalize: (content) => {
    const json = parseObject(latin1(content));
    const { url, dir_info: folder } = json ?? {};
    if (json === undefined || typeof url !== 'string' || !url.startsWith('file:///') || isEditable(folder))
      return undefined;
    return normalForm(NAME, new FieldHash().add(NAME, JSON.stringify({ ...json, url: 'file:' })));
  },
};

/** An editable package is imported from its folder, so there the path matters. */
function isEditable(folder: unknown): boolean {
  return typeof folder === 'object' && folder !== null && 'editable' in folder && folder.editable !== false;
}
