import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Shorter ones stand in too many other words; a secret that short is none. */
const shortestLength = 4;

/**
 * Takes the values of these secrets out of text: what a RUN step prints goes through it before anybody sees it. A secret of
 * several lines is known by each of them. A source that can't be read has no value here; the build says what is wrong with it.
 */
export async function secretsMask(
  workspaceRoot: string,
  secrets: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<(text: string) => string> {
  const values = new Set<string>();
  for (const { file, variable } of secrets.map(sourceOf)) {
    const known = variable === undefined ? undefined : env[variable];
    const text =
      known ?? (file === undefined ? '' : await readFile(resolve(workspaceRoot, file), 'utf8').catch(() => ''));
    for (const line of text.split('\n').map((part) => part.trim())) if (line.length >= shortestLength) values.add(line);
  }
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}

/** As Docker's CLI reads it: without a source, the ID names a variable or else a file. */
function sourceOf(secret: string): { file: string | undefined; variable: string | undefined } {
  const field = (name: string) =>
    secret
      .split(',')
      .find((part) => part.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const place = field('src') ?? field('source');
  const variable = field('env') ?? (field('type') === 'env' ? place : undefined);
  if (variable !== undefined) return { file: undefined, variable };
  return { file: place ?? field('id'), variable: place === undefined ? field('id') : undefined };
}
