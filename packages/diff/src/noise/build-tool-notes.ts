import { leftBehind } from './left-behind.js';

/** What CMake, Ninja and the Autotools write of their own runs into the folder that they build in. */
export const buildToolNotes = leftBehind({
  name: 'build-tool-notes',
  reason:
    'CMake, CTest, Ninja and the Autotools log their checks, with names made at random, and note times to know what to build again; only they read these.',
  example:
    '/src/build/CMakeFiles/CMakeOutput.log or .ninja_log differs; hidden. CMakeCache.txt, config.h or anything that was built is not.',
  certainty: 'run',
  files:
    /(?:^|\/)CMakeFiles\/(?:CMake(?:Output|Error)\.log|CMakeConfigureLog\.yaml)$|(?:^|\/)\.ninja_(?:log|deps)$|(?:^|\/)autom4te\.cache\/(?:requests|(?:output|traces)\.\d+)$|(?:^|\/)Testing\/Temporary\/(?:LastTest\.log|CTestCostData\.txt)$|(?:^|\/)config\.log$/,
});
