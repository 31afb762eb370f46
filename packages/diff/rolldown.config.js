/**
 * Makes the program `image-diff` of what `tsc` made of `src/cli`: one file, since to look up some 230 modules takes longer than to answer
 * from two digests. Bundled is our own code alone. Packages of others stay what they are, with their licences and their updates.
 */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const { dependencies } = JSON.parse(readFileSync(path('package.json'), 'utf8'));

/** Whether an import stays one. What `@image-versions/oci` imports has to be a dependency of this package, too. */
function isExternal(id) {
  if (id.startsWith('.') || isAbsolute(id) || id.startsWith('@image-versions/')) return false;
  const name = id.startsWith('@') ? id.split('/', 2).join('/') : id.split('/', 1)[0];
  if (id.startsWith('node:') || builtinModules.includes(id) || name in dependencies) return true;
  throw new Error(`image-diff needs ${id}: name ${name} in the dependencies of packages/diff/package.json`);
}

export default defineConfig({
  input: { 'image-diff': path('dist/cli/main.js') },
  platform: 'node',
  external: isExternal,
  logLevel: 'warn',
  // What of `@image-versions/oci` is not used must not load what it imports.
  treeshake: { moduleSideEffects: 'no-external' },
  output: { dir: path('dist/bin'), cleanDir: true, entryFileNames: '[name].js', chunkFileNames: '[name].js' },
});
