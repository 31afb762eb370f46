import { parseObject } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'npm-install-notes';

/** What npm up to 6 wrote into an installed package.json on where and for whom it was installed. */
const NOTES = new Set([
  '_args',
  '_from',
  '_inBundle',
  '_phantomChildren',
  '_requested',
  '_requiredBy',
  '_spec',
  '_where',
  '_optional',
  '_development',
]);

/** Installed package.json files without the notes of an old npm. */
export const npmInstallNotes: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'npm up to 6 notes in an installed package.json the folder and the request that led to it; no program reads these.',
  example: '"_where": "/tmp/build-8f3a"; hidden. Another "main", "version", "_resolved" or "_integrity" is not.',
  default: true,
  matches: ({ path }) => path.endsWith('/package.json') && `/${path}`.includes('/node_modules/'),
  normalize: (content) => {
    const json = parseObject(latin1(content));
    if (json === undefined || typeof json._id !== 'string' || typeof json._where !== 'string') return undefined;
    const kept = Object.entries(json).filter(([key]) => !NOTES.has(key));
    return normalForm(NAME, new FieldHash().add(NAME, JSON.stringify(kept)));
  },
};
