import { leftBehind } from './left-behind.js';

/** What Python's installers keep to be faster the next time. */
export const pythonCaches = leftBehind({
  name: 'python-caches',
  reason:
    'pip, uv, poetry and pipenv fetch and build packages again when their cache lacks them; what is installed lies elsewhere.',
  example: '/root/.cache/pip/wheels/…/x.whl differs; hidden. A module in site-packages is not.',
  certainty: 'run',
  files: /(?:^|\/)\.cache\/(?:pip|uv|pipenv|pypoetry\/(?:cache|artifacts))\/.+$/,
  folders: /(?:^|\/)\.cache\/(?:pip|uv|pipenv|pypoetry)(?:\/.+)?$/,
});
