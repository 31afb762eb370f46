import { readFileSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { createRegistryClient, openImages, type RegistryClient } from '@image-versions/oci';
import { compareImages, createPolicy } from '../compare-images.js';
import { DiffError } from '../errors.js';
import { defaultLayerCacheFolder, openLayerCache } from '../layer/layer-cache.js';
import { comparisonToMarkdown } from '../report/comparison-markdown.js';
import { comparisonToText } from '../report/comparison-text.js';
import { boundHeap } from './bound-heap.js';
import { readRegistryTls } from './registry-tls.js';
import { INTERRUPTED, run } from './run.js';
import type { OpenOptions, Services } from './services.js';
import type { Output } from './terminal.js';
import { openPlatform } from './with-images.js';

/** How long what is under way may take to end after Ctrl-C. */
const GRACE_MS = 5000;

/** Ctrl-C once breaks off what is under way, so that files are closed and removed; twice, or what hangs, ends the process at once. */
function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort();
      setTimeout(() => process.exit(INTERRUPTED), GRACE_MS).unref();
    });
  }
  return controller.signal;
}

/** Writes wait until the bytes are gone, since the process ends right after. A reader who left (`| head`) is no error. */
function outputOf(stream: NodeJS.WriteStream): Output {
  // Each write tells of its own; one that nobody listened to would end the process with the exit code of "changed".
  stream.on('error', () => {});
  return {
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns || undefined,
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => {
          const isLost = error && (error as NodeJS.ErrnoException).code !== 'EPIPE';
          if (isLost)
            reject(new DiffError('failed', `the result could not be written: ${error.message}`, { cause: error }));
          else resolve();
        });
      }),
  };
}

boundHeap();
const { env } = process;
const folderOf = (cacheDir: string | undefined) => cacheDir ?? defaultLayerCacheFolder(env);

/** One for all images of a command, which are opened with the same options: connections and logins are shared. */
let registryClient: Promise<RegistryClient> | undefined;
const openRegistryClient = async (options: OpenOptions) =>
  createRegistryClient({ tls: await readRegistryTls(options) });

const services: Services = {
  async openImages(name, options) {
    registryClient ??= openRegistryClient(options);
    const { signal } = options;
    // A reader that waits for standard input must not wait on when it is told to stop.
    const stdin = name === '-' ? addAbortSignal(signal, process.stdin) : undefined;
    return openImages(name, { signal, registryClient: await registryClient, stdin });
  },
  async compare(before, after, command, options) {
    const { profile, ignore, rules, platform, cache, cacheDir } = command;
    const policy = createPolicy({ profile, ignore, rules });
    const one = async (set: typeof before) =>
      platform === undefined ? set : openPlatform(set, platform, options.signal);
    return compareImages(await one(before), await one(after), policy, {
      ...options,
      inspectAll: false,
      ...(cache && { cacheFolder: folderOf(cacheDir) }),
    });
  },
  openCache: (folder, version) => openLayerCache(folderOf(folder), version),
  printComparison: (comparison, format, options) =>
    format === 'markdown' ? comparisonToMarkdown(comparison) : comparisonToText(comparison, options),
  version: (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version,
};

const stderr = outputOf(process.stderr);
const code = await run(
  {
    args: process.argv.slice(2),
    env,
    stdout: outputOf(process.stdout),
    // What can't be said there can be said nowhere; the exit code stays.
    stderr: { ...stderr, write: (text) => stderr.write(text).catch(() => {}) },
    signal: abortOnInterrupt(),
  },
  services,
);
process.exit(code);
