import { isLeftBehind, leftBehind } from './left-behind.js';
import type { TreeRule } from './rule.js';

/** uv unpacks each package into a folder with a random name. */
const UNPACKED_BY_UV = /^((?:.+\/)?\.cache\/uv\/archive-v\d+\/)[\w-]{21}(\/.+)$/;

const caches = leftBehind({
  name: 'python-caches',
  reason:
    'pip, uv, poetry and pipenv fetch and build packages again when their cache lacks them; what is installed lies elsewhere.',
  example:
    '/root/.cache/pip/wheels/…/x.whl differs; hidden. A module in site-packages, or another library that can be run, is not.',
  certainty: 'run',
  below: /(?:^|\/)\.cache\/(?:pip|uv|pipenv|pypoetry\/(?:cache|artifacts))/,
  folders: /(?:^|\/)\.cache\/pypoetry(?:\/.+)?$/,
});

/** What Python's installers keep to be faster the next time. */
export const pythonCaches: TreeRule = {
  ...caches,
  judge: (entry, tree) => {
    const verdict = caches.judge(entry, tree);
    const [, folder, rest] = UNPACKED_BY_UV.exec(entry.path) ?? [];
    const isKeptFile = verdict === 'keep' && entry.type !== 'directory' && isLeftBehind(entry, 'run');
    return isKeptFile && folder !== undefined ? { path: `${folder}(random)${rest}` } : verdict;
  },
};
