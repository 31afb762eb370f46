import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * The version of the rules, which is the release of the diff package: other rules may decide otherwise on the same inputs. Read from the
 * package's manifest, because to load the rules would slow down every command.
 */
export function rulesVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('@image-versions/diff/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return `rules ${version}`;
}
