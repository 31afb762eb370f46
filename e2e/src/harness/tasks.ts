/** How a task came to its result, as Nx prints it. */
export type TaskStatus = 'ran' | 'cached' | 'failed';

const line = /(?:^|\s)(✔|✖|❌|✅|>)\s+nx run (\S+):(\S+?)(?:\s+\[([^\]]+)\])?\s*$/gmu;

/** Which projects' task of this target Nx ran, took from a cache, or saw fail, out of what it printed. */
export function tasksOf(output: string, target: string): Record<string, TaskStatus> {
  const found: Record<string, TaskStatus> = {};
  for (const [, mark, project = '', name, note] of output.matchAll(line)) {
    if (name !== target) continue;
    const status = mark === '✖' || mark === '❌' ? 'failed' : note?.includes('cache') ? 'cached' : 'ran';
    if (found[project] === undefined || found[project] === 'ran') found[project] = status;
  }
  return found;
}

/** The projects of one status, sorted. */
export function projectsThat(status: TaskStatus, output: string, target = 'publish-image'): string[] {
  const tasks = tasksOf(output, target);
  return Object.keys(tasks)
    .filter((project) => tasks[project] === status)
    .sort();
}
