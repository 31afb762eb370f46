import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * What decides beside an image's inputs: the rules, which come with a release of the diff package. Read from the package's
 * manifest, because loading the rules would cost every command their time.
 */
export function rulesVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('@image-versions/diff/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return `rules ${version}`;
}
