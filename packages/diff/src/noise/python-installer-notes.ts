import { leftBehind } from './left-behind.js';

/** Who installed a Python package, and whether it was asked for by name. */
export const pythonInstallerNotes = leftBehind({
  name: 'python-installer-notes',
  reason:
    'INSTALLER names the tool that installed a package and REQUESTED says that it was asked for; only installers read them.',
  example: 'INSTALLER says uv and no more pip; hidden. METADATA or entry_points.txt in the same folder is not.',
  certainty: 'tool',
  files: /\.dist-info\/(?:INSTALLER|REQUESTED)$/,
});
