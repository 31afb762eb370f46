import { isObject, type JsonObject, parseObject } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'python-direct-url';

/** Where pip took a package from, if not from an index (PEP 610). */
export const pythonDirectUrl: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'What was installed from a folder or file is compared itself; the path says no more of it, and the sum of an archive changes with the times in that.',
  example:
    'file:///tmp/tmp.DEI93/src became file:///tmp/tmp.421WB/src, or the sum of file:///wheels/x-1.0-py3-none-any.whl another; hidden. A git URL, a commit, the sum of an archive from a server, or "editable", is not.',
  default: true,
  matches: ({ path }) => path.endsWith('.dist-info/direct_url.json'),
  normalize: (content) => {
    const json = parseObject(latin1(content));
    const { url, dir_info: folder } = json ?? {};
    if (json === undefined || typeof url !== 'string' || !url.startsWith('file:///') || isEditable(folder))
      return undefined;
    const archive = isObject(json.archive_info) ? { archive_info: withoutSums(json.archive_info) } : {};
    return normalForm(NAME, new FieldHash().add(NAME, JSON.stringify({ ...json, ...archive, url: 'file:' })));
  },
};

/** `hash` is of PEP 610, `hashes` what came after it. */
function withoutSums(archive: JsonObject): JsonObject {
  return { ...archive, hash: undefined, hashes: undefined };
}

/** An editable package is imported from its folder, so there the path matters. */
function isEditable(folder: unknown): boolean {
  return typeof folder === 'object' && folder !== null && 'editable' in folder && folder.editable !== false;
}
