import { commandsOf, isLeftBehind, isOrdinaryFile } from './left-behind.js';
import type { TreeRule } from './rule.js';

/** cpanm names the folder that it builds in after the time and its process. */
const WORK = /^((?:.+\/)?\.cpanm\/work\/)(\d{9,11}\.\d+)(\/.+)?$/;
const LINK = /(?:^|\/)\.cpanm\/(?:build\.log|latest-build)$/;
const INTO_WORK = /\/\.cpanm\/work\/\d{9,11}\.\d+(?:\/build\.log)?$/;

/** The folders in which cpanm built modules. */
export const cpanmLeftovers: TreeRule = {
  kind: 'tree',
  name: 'cpanm-leftovers',
  reason:
    'cpanm builds modules in folders that it names after the time and its process, and leaves them behind; what is loaded is what it installed.',
  example:
    '/root/.cpanm/work/1794640354.13/build.log became /root/.cpanm/work/1795418079.10/build.log; hidden. The module that was installed, or another program or library in such a folder, is not.',
  default: true,
  judge: (entry) => {
    if (!isLeftBehind(entry, 'run')) return 'keep';
    if (LINK.test(entry.path))
      return entry.type === 'symlink' && INTO_WORK.test(entry.linkTarget ?? '') ? 'drop' : 'keep';
    const [, folder, name, rest = ''] = WORK.exec(entry.path) ?? [];
    if (folder === undefined || name === undefined || commandsOf(entry).some((command) => command.includes(name)))
      return 'keep';
    if (entry.type === 'directory' || isOrdinaryFile(entry)) return 'drop';
    return { path: `${folder}(time)${rest}` };
  },
};
