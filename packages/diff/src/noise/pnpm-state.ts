import { parseObject, sortedJson } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'pnpm-state';

/** pnpm's notes on a node_modules folder, without times and order. */
export const pnpmState: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'pnpm notes in node_modules when it last checked and pruned it, and lists packages in the order in which they came; it reads that itself, by name, and no program does.',
  example: 'Another prunedAt in .modules.yaml; hidden. Another list of hoisted packages there is not.',
  default: true,
  matches: ({ path }) => /(?:^|\/)node_modules\/\.(?:modules\.yaml|pnpm-workspace-state(?:-v\d+)?\.json)$/.test(path),
  normalize: (content, { path }) => {
    const text = latin1(content);
    const json = parseObject(text);
    const hash = new FieldHash().add(NAME);
    if (path.endsWith('.json')) {
      return json === undefined
        ? undefined
        : normalForm(NAME, hash.add(sortedJson({ ...json, lastValidatedTimestamp: undefined })));
    }
    // It is YAML by name, and JSON in newer versions.
    if (json !== undefined) return normalForm(NAME, hash.add(sortedJson({ ...json, prunedAt: undefined })));
    return normalForm(NAME, hash.add(text.replace(/^prunedAt: .*\n/m, '')));
  },
};
