import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordsFolder } from '../options/names.js';
import { formatMarkdownSummary, runOutputs, type SummaryRow } from '../plan/summary.js';

/** File with the outcome of the last run, from the workspace root: for tools that can't read the job's output files. */
const lastRunFile = `${recordsFolder}/last-run.json`;

/**
 * Tells programs what a run did: GitHub's output and summary files, where they are named in `env`, and `last-run.json`.
 * A file that can't be written is an error: a workflow reads it.
 */
export async function writeRunReport(
  workspaceRoot: string,
  rows: readonly SummaryRow[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const outputs = runOutputs(rows);
  const folder = join(workspaceRoot, recordsFolder);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(workspaceRoot, lastRunFile),
    `${JSON.stringify({ formatVersion: 1, ...outputs, rows }, null, 2)}\n`,
  );
  if (env.GITHUB_OUTPUT) {
    const { images, published, kept } = outputs;
    await appendFile(env.GITHUB_OUTPUT, `images=${images}\npublished=${published}\nkept=${kept}\n`);
  }
  if (env.GITHUB_STEP_SUMMARY) await appendFile(env.GITHUB_STEP_SUMMARY, formatMarkdownSummary(rows));
}
