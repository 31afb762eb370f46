import type { FileTree, TreeEntry } from '../tree/tree.js';
import { leftBehind } from './left-behind.js';

const CONFIGURE_LOG = /(?:^|\/)config\.log$/;

/** What CMake, Ninja, the Autotools and Maven's tests write of their own runs into the folder that they build in. */
export const buildToolNotes = leftBehind({
  name: 'build-tool-notes',
  reason:
    'CMake, CTest, Ninja and the Autotools log their checks, with names made at random, and note times to know what to build again, and Maven reports how long each test took; only they read these.',
  example:
    '/src/build/CMakeFiles/CMakeOutput.log or .ninja_log differs; hidden. CMakeCache.txt, config.h, a config.log without config.status beside it, or anything that was built is not.',
  certainty: 'run',
  files:
    /(?:^|\/)CMakeFiles\/(?:CMake(?:Output|Error)\.log|CMakeConfigureLog\.yaml)$|(?:^|\/)\.ninja_(?:log|deps)$|(?:^|\/)autom4te\.cache\/(?:requests|(?:output|traces)\.\d+)$|(?:^|\/)Testing\/Temporary\/(?:LastTest\.log|CTestCostData\.txt)$|(?:^|\/)config\.log$|(?:^|\/)target\/(?:surefire|failsafe)-reports\/(?:TEST-)?[\w.$-]+\.(?:xml|txt)$/,
  unless: isOfNoConfigure,
});

/** A `config.log` without the script beside it that `configure` writes, too: anybody may have named a file so. */
function isOfNoConfigure({ path }: TreeEntry, tree: FileTree): boolean {
  return CONFIGURE_LOG.test(path) && tree.get(path.replace(/log$/, 'status')) === undefined;
}
