import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ImageVersionsError } from '../errors.js';

const run = promisify(execFile);

/**
 * The time that builders give to what they make, in seconds since 1970: SOURCE_DATE_EPOCH if it is set, else that of the commit, so
 * that a commit gives the same image whenever it is built; 0 where there is no commit.
 * Error `invalid` for a SOURCE_DATE_EPOCH that is no such number.
 */
export async function sourceDateEpoch(
  workspaceRoot: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<number> {
  const given = env.SOURCE_DATE_EPOCH;
  if (given) {
    if (/^\d{1,10}$/.test(given)) return Number(given);
    throw new ImageVersionsError(
      'invalid',
      `SOURCE_DATE_EPOCH: expected seconds since 1970, got ${JSON.stringify(given.slice(0, 40))}`,
      { hint: 'Set it to what `git log -1 --format=%ct` prints, or leave it out.' },
    );
  }
  const options = { cwd: workspaceRoot };
  const { stdout } = await run('git', ['log', '-1', '--format=%ct'], options).catch(() => ({ stdout: '' }));
  return Number(stdout.trim()) || 0;
}
