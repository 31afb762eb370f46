import { latin1 } from '../formats/text.js';
import { digestOf, FieldHash, normalForm, shortDigest } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'java-properties';

/** `Date.toString()`, which `Properties.store` writes as a comment. */
const DATE_COMMENT = /^#(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} \S{1,9} \d{4}\r?$/;

/** What says when, where and from which commit a build was made, in the files that build plugins write for that. */
const BUILD_KEYS: readonly { readonly file: string; readonly key: RegExp }[] = [
  { file: 'build-info.properties', key: /^build\.time$/ },
  {
    file: 'git.properties',
    key: /^git\.(?:build\.(?:time|host|user\.(?:name|email))|commit\..+|total\.commit\.count|closest\.tag\.commit\.count|local\.branch\.(?:ahead|behind))$/,
  },
];

/** Java property files: the date that a tool left as a comment, and the build times and commits in files that are made for them. */
export const javaProperties: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'A date in a comment is read by nobody; build time and commit id in build-info.properties and git.properties say when the build was, not what it made.',
  example:
    'Another build.time in build-info.properties; hidden. Another build.version there, or a key build.time in any other file, is not.',
  default: true,
  matches: ({ path }) => path.endsWith('.properties'),
  normalize: (content, { path }) => {
    const text = latin1(content);
    const base = path.slice(path.lastIndexOf('/') + 1);
    const builds = BUILD_KEYS.find(({ file }) => file === base)?.key;
    // A logical line can go on after a backslash, and end at a lone carriage return; what does is not taken apart.
    if (/\\\r?\n|\r(?!\n)/.test(text)) return undefined;
    const lines = text.split('\n').filter((line) => !DATE_COMMENT.test(line));
    const kept = lines.filter((line) => builds === undefined || !builds.test(keyOf(line)));
    const parts = kept
      .filter((line) => keyOf(line) !== '')
      .map((line) => ({ name: keyOf(line), value: shortDigest(digestOf(line)) }));
    return normalForm(NAME, new FieldHash().add(NAME, ...kept), parts);
  },
};

/** Of a plain line `key=value` or `key: value`; empty for comments and for keys with escapes. */
function keyOf(line: string): string {
  return /^\s*([^\s#!\\:=][^\s\\:=]*)\s*[:=]/.exec(line)?.[1] ?? '';
}
