import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'jar-manifest';

const BUILD_KEYS = new Set(
  [
    [
      'Build-Date',
      'Build-Date-UTC',
      'Build-Time',
      'Build-Timestamp',
      'Built-Date',
      'Built-On',
      'Built-At',
      'Bnd-LastModified',
    ],
    ['Implementation-Build-Date', 'Implementation-Build-Time', 'Built-By', 'Build-Host'],
    ['Git-Commit', 'Git-Commit-Id', 'Git-Revision', 'Git-SHA', 'Git-Commit-Time', 'Git-Commit-Date', 'SCM-Revision'],
    ['Implementation-SCM-Revision'],
  ]
    .flat()
    .map((key) => key.toLowerCase()),
);

/** META-INF/MANIFEST.MF without build time, builder and commit. */
export const jarManifest: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'Build tools note in a manifest when, by whom and from which commit a jar was made; Java reads none of these keys.',
  example:
    'Another Build-Time or Built-By; hidden. Another Main-Class, Class-Path or Implementation-Version, or any key of a signed jar, is not.',
  default: true,
  matches: ({ path }) => path === 'META-INF/MANIFEST.MF' || path.endsWith('/META-INF/MANIFEST.MF'),
  normalize: (content) => {
    const text = latin1(content).replace(/\r\n?/g, '\n');
    // A value goes on in lines that start with a space (JAR specification, "Notes on Manifest and Signature Files").
    const lines = text.replace(/\n /g, '').split('\n');
    const kept = lines.filter((line) => !BUILD_KEYS.has((/^([\w-]+): /.exec(line)?.[1] ?? '').toLowerCase()));
    return normalForm(
      NAME,
      new FieldHash().add(NAME, ...kept),
      kept.flatMap((line) => {
        const [key, ...value] = line.split(': ');
        return key === undefined || value.length === 0 ? [] : [{ name: key, value: value.join(': ').slice(0, 200) }];
      }),
    );
  },
};
