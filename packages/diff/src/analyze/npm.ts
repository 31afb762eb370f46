import { parseObject } from '../formats/json.js';
import type { PackageReader } from '../layer/inspect.js';
import { isField } from './limits.js';
import { decodeText } from './lines.js';

const PACKAGE = /(?:^|\/)node_modules\/(?:@[^/@.][^/]*\/)?[^/@.][^/]*\/package\.json$/;
/** A package.json with a readme inside is the longest seen, at some 100 KB. */
const MAX_BYTES = 4 * 1024 * 1024;

/** npm's packages, scoped and nested ones too: each folder directly below a `node_modules` (or a scope in one). */
export const npmReader: PackageReader = {
  type: 'npm',
  matches: (file) => file.size <= MAX_BYTES && PACKAGE.test(file.path),
  read(content) {
    const manifest = parseObject(decodeText(content));
    const name = manifest?.name;
    const version = manifest?.version;
    if (typeof name !== 'string' || typeof version !== 'string' || !isField(name) || !isField(version)) return [];
    return [{ type: 'npm', name, version }];
  },
};
