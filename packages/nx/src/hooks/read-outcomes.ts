import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import { recordsFolder } from '../options/names.js';
import type { TargetNames } from '../options/plugin-options.js';
import type { PinOutcome, UnpinOutcome } from '../plan/outcomes.js';
import type { PublishRecord } from '../plan/record.js';

/** The part of Nx's task results that is read. */
export type TaskResults = Readonly<
  Record<
    string,
    {
      readonly task: { readonly target: { readonly project: string; readonly target: string } };
      readonly status: string;
    }
  >
>;

/** What the image tasks of a run left in `dist/image-versions`. */
export interface RunOutcomes {
  readonly records: PublishRecord[];
  /** Projects whose record came from a cache. */
  readonly restored: Set<string>;
  readonly pins: PinOutcome[];
  readonly unpins: UnpinOutcome[];
  /** Tasks that ended well and left nothing that can be read. */
  readonly errors: ImageVersionsError[];
}

const cached = new Set(['local-cache', 'remote-cache', 'local-cache-kept-existing']);

/** Whether a run had any task whose outcome is to be composed. */
export function hasImageTasks(results: TaskResults, targets: TargetNames): boolean {
  const names = new Set([targets.publish, targets.pin, targets.unpin]);
  return Object.values(results).some(({ task }) => names.has(task.target.target));
}

/**
 * A task that failed, or did not run, counts for nothing. Files are read one after the other: they are small and were written just now, and
 * a thousand of them take five times as long through promises.
 */
export function readOutcomes(workspaceRoot: string, results: TaskResults, targets: TargetNames): RunOutcomes {
  const outcomes: RunOutcomes = { records: [], restored: new Set(), pins: [], unpins: [], errors: [] };
  const read = <T>(id: string, file: string): T | undefined => {
    try {
      const value = JSON.parse(readFileSync(join(workspaceRoot, recordsFolder, file), 'utf8')) as T & {
        formatVersion?: unknown;
      };
      if (value.formatVersion === 1) return value;
      throw new Error(`its formatVersion is ${JSON.stringify(value.formatVersion)} and not 1`);
    } catch (cause) {
      const message = `Task ${id} ended well, but ${recordsFolder}/${file} can't be read: ${(cause as Error).message}`;
      outcomes.errors.push(
        new ImageVersionsError('environment', message, { cause, hint: 'Run it again with --skip-nx-cache.' }),
      );
      return undefined;
    }
  };
  for (const [id, { task, status }] of Object.entries(results)) {
    const { project, target } = task.target;
    if (status !== 'success' && !cached.has(status)) continue;
    if (target === targets.publish) {
      const record = read<PublishRecord>(id, `${project}.json`);
      if (record) outcomes.records.push(record);
      if (record && cached.has(status)) outcomes.restored.add(project);
    } else if (target === targets.pin) {
      const pin = read<PinOutcome>(id, `${project}.pin.json`);
      if (pin) outcomes.pins.push(pin);
    } else if (target === targets.unpin) {
      const unpin = read<UnpinOutcome>(id, `${project}.unpin.json`);
      if (unpin) outcomes.unpins.push(unpin);
    }
  }
  const byProject = (a: { project: string }, b: { project: string }) => (a.project < b.project ? -1 : 1);
  outcomes.records.sort(byProject);
  outcomes.pins.sort(byProject);
  outcomes.unpins.sort(byProject);
  return outcomes;
}
