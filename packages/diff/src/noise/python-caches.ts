import { isLeftBehind, leftBehind } from './left-behind.js';
import type { TreeRule } from './rule.js';

/** uv unpacks each package into a folder with a random name: 21 characters, 16 in newer versions. */
const UNPACKED_BY_UV = /^((?:.+\/)?\.cache\/uv\/archive-v\d+\/)[\w-]{16,21}(\/.+)$/;
/** What `uv run SCRIPT` and `uvx` run lies in uv's cache: environments, and the packages that they link to. */
const RUN_BY_UV = String.raw`(?!\/(?:environments|archive)-v\d+\/)`;

/** Where virtualenv, and so pipenv and poetry, keep the wheels for new environments, and when they looked for newer ones. */
const VIRTUALENV = String.raw`(?:^|\/)(?:\.cache|\.local\/share)\/virtualenv\/wheel`;

const caches = leftBehind({
  name: 'python-caches',
  reason:
    'pip, uv, poetry and pipenv fetch and build packages again when their cache lacks them; what is installed lies elsewhere. pipx logs each of its commands, and virtualenv notes when it looked for wheels.',
  example:
    '/root/.cache/pip/wheels/…/x.whl differs; hidden. A module in site-packages, or in an environment or archive of /root/.cache/uv, which `uv run` and `uvx` run, is not.',
  certainty: 'run',
  files: new RegExp(
    String.raw`(?:^|\/)pipx\/logs?\/cmd_\d{4}-\d\d-\d\d_\d\d\.\d\d\.\d\d(?:_pip_errors)?\.log$|${VIRTUALENV}\/\d+\.\d+\/embed\/\d+\/[\w-]+\.json$`,
  ),
  below: new RegExp(String.raw`(?:^|\/)\.cache\/(?:pip|uv${RUN_BY_UV}|pipenv|pypoetry\/(?:cache|artifacts))`),
  folders: new RegExp(
    String.raw`(?:^|\/)\.cache\/(?:pypoetry(?:\/.+)?|uv\/archive-v\d+(?:\/.+)?)$|${VIRTUALENV}\/house\/download-[a-z0-9_]{8}$`,
  ),
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
