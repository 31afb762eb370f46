import { latin1 } from '../formats/text.js';
import { compareText, FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'python-record';

/** Files that have rules of their own, or that the installer makes anew on each machine: their sums are noise. */
const WITHOUT_SUM = /(?:\.pyc|\.dist-info\/(?:direct_url\.json|uv_cache\.json|INSTALLER|REQUESTED|RECORD))$/;

/** The list of files that pip keeps of a package. */
export const pythonRecord: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'RECORD lists the sums of files that are compared themselves; those of bytecode and of the notes of where a package came from change with each build.',
  example:
    'The sum of direct_url.json differs; hidden. The sum of a module differs, or a file is listed that was not, is not.',
  default: true,
  matches: ({ path }) => path.endsWith('.dist-info/RECORD'),
  normalize: (content) => {
    const lines = latin1(content)
      .split(/\r?\n/)
      .filter((line) => line !== '');
    // A path with a comma is quoted; such a line stays whole.
    const kept = lines.map((line) => {
      const [path, ...sum] = line.split(',');
      return sum.length === 2 && path !== undefined && WITHOUT_SUM.test(path) ? path : line;
    });
    return normalForm(NAME, new FieldHash().add(NAME, ...kept.sort(compareText)));
  },
};
