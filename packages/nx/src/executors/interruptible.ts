/** By which a terminal (Ctrl-C, closed) and Nx end a task. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How long what is under way may take to end, by default. */
const graceMs = 3_000;

/**
 * Does work with a signal that is aborted when the process is to end, so that files are removed and programs ended that would
 * stay behind; after it, or after `waitMs`, the process ends as it would have at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, waitMs = graceMs): Promise<T> {
  const controller = new AbortController();
  let ending: NodeJS.Signals | undefined;
  const end = () => {
    for (const name of endings) process.off(name, interrupt);
    if (ending !== undefined) process.kill(process.pid, ending);
    ending = undefined;
  };
  // Ctrl-C reaches the whole group of processes, and Nx ends its tasks then, too: only the first counts.
  const interrupt = (name: NodeJS.Signals) => {
    if (ending !== undefined) return;
    ending = name;
    setTimeout(end, waitMs).unref();
    controller.abort();
  };
  for (const name of endings) process.on(name, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    end();
  }
}
