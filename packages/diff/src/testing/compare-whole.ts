import { compareTrees, type TreeComparison } from '../compare/compare-trees.js';

/** Compares two trees in which no file is plain. */
export function compareWhole(...compared: Parameters<typeof compareTrees>): TreeComparison {
  const answer = compareTrees(...compared);
  if ('missingForms' in answer) throw new Error('a file is plain');
  return answer;
}
