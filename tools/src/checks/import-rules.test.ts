import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { forbiddenImports, importsOf, rules } from './import-rules.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('no import goes against the arrows of docs/architecture.md', () => {
  const misses = forbiddenImports(root).map(
    (miss) => `${miss.file} imports ${miss.imported}; allowed: ${miss.allowed}`,
  );
  expect(misses).toEqual([]);
});

test.each(Object.entries(rules))(
  'docs/architecture.md lists the folders of %s in the order of the arrows',
  (name, { folders }) => {
    const table = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const [rows = ''] = new RegExp(`^\\| ${name} .*(?:\\n\\|  .*)*`, 'm').exec(table) ?? [];
    const listed = rows
      .split('\n')
      .flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map((found) => found[1]));
    expect(listed).toEqual(Object.keys(folders));
  },
);

test('every way of importing is seen', () => {
  const source = `import a from './a.js';\nimport type { B } from "./b.js";\nexport * from './c.js';\nconst d = await import('./d.js');\nimport {\n  e,\n} from './e.js';\nimport './f.js';`;
  expect(importsOf(source)).toEqual(['./a.js', './b.js', './c.js', './d.js', './e.js', './f.js']);
});
