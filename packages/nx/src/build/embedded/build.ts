import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Digest, openOciLayout, parsePlatform } from '@image-versions/oci';
import { ImageVersionsError } from '../../errors.js';
import { Bases, type OpenBase } from './bases.js';
import { type BuildTools, buildStage } from './build-stage.js';
import { defaultPlatform } from './can-build.js';
import { type ComposedImage, composeImage } from './compose-image.js';
import { openContextFiles } from './context-files.js';
import { formatImageConfig } from './image-config-json.js';
import { parseDockerfileText } from './parse.js';
import { Spool } from './spool.js';
import type { Stage } from './stage.js';
import { neededStages, planStages, type StagePlan } from './stages.js';

export interface EmbeddedBuildOptions {
  /** Path of the Dockerfile. */
  readonly dockerfile: string;
  /** What messages call it; default `dockerfile`. */
  readonly dockerfileName?: string;
  /** Folder of the build context. */
  readonly context: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Name or number of a stage; default the last. */
  readonly target?: string;
  /** Of images FROM scratch, and which one is taken of a base that has several. Default `linux/amd64`, on every machine. */
  readonly platform?: string;
  /** Set after all that the Dockerfile says. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The time of everything that is new, in seconds since 1970. */
  readonly sourceDateEpoch: number;
  readonly openBase: OpenBase;
  /** Where layer indexes are kept; none if absent. */
  readonly layerCacheDir?: string;
  /** What the image is called in messages and reports. */
  readonly name?: string;
  readonly signal?: AbortSignal;
  /** A line for each instruction, before it is carried out. */
  readonly onProgress?: (line: string) => void;
}

export interface EmbeddedImage extends ComposedImage {
  /** Layers that come from the base of its stage, bottom to top. */
  readonly baseDiffIds: readonly Digest[];
  /** Every image that was built on or copied from, to the digest of its manifest. */
  readonly bases: Readonly<Record<string, string>>;
  /** Frees the bases, and removes the layout that has the new layers. */
  close(): Promise<void>;
}

/**
 * Builds the image of a Dockerfile that runs no commands, without any engine. The same files, Dockerfile, bases and options give
 * the same image to the byte, on every machine and under every umask; see docs/embedded-builder.md.
 * Errors: `DockerfileError`, with file, line and way out; those of bases and of reading the context.
 */
export async function buildEmbedded(options: EmbeddedBuildOptions): Promise<EmbeddedImage> {
  const { dockerfile, buildArgs = {}, sourceDateEpoch, signal, onProgress = () => {}, layerCacheDir } = options;
  checkTime(sourceDateEpoch);
  const platform = parsePlatform(options.platform ?? defaultPlatform);
  const name = options.dockerfileName ?? dockerfile;
  const text = await readFile(dockerfile, 'utf8').catch((cause: Error) => {
    throw new ImageVersionsError('invalid', `The Dockerfile ${name} can't be read: ${cause.message}`, {
      hint: 'Set the option dockerfile, from the workspace root.',
      cause,
    });
  });
  const plan = planStages(parseDockerfileText(text, name), { buildArgs, target: options.target, platform });
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-build-'));
  const bases = new Bases(options.openBase, { ...(layerCacheDir && { cacheFolder: layerCacheDir }), signal });
  const spool = new Spool(join(folder, 'spool'));
  const close = async () => {
    await spool.close();
    await bases.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const repository = openOciLayout(join(folder, 'layout'));
    const context = once(() => openContextFiles(resolve(options.context), resolve(dockerfile)));
    const stages = new Map<StagePlan, Stage>();
    const shared = { plan, buildArgs, platform, bases, context, stages, repository, folder, spool, signal };
    const needed = neededStages(plan);
    const tools: BuildTools = { ...shared, time: sourceDateEpoch, onStep: countedSteps(needed, onProgress) };
    for (const planned of needed) stages.set(planned, await buildStage(planned, tools));
    const stage = stages.get(plan.target) as Stage;
    const { config, layers, base } = stage;
    config.run.labels = { ...config.run.labels, ...options.labels };
    const created = new Date(sourceDateEpoch * 1000).toISOString();
    const diffIds = layers.map(({ diffId }) => diffId);
    const bytes = formatImageConfig(config, diffIds, created);
    const composed = await composeImage(options.name ?? `embedded:${name}`, bytes, layers, repository);
    const used = await bases.opened();
    return {
      ...composed,
      baseDiffIds: base?.image.config.diffIds ?? [],
      bases: Object.fromEntries(
        used.map(({ reference, image }) => [reference, image.manifestDigest ?? image.configDigest ?? '']),
      ),
      close: once(close),
    };
  } catch (error) {
    await close();
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new ImageVersionsError('environment', `Build ${name}: no room in ${tmpdir()} for what is built`, {
      hint: 'Make room, or name a folder with more room in TMPDIR.',
      cause: error,
    });
  }
}

/** `Step 2/5 : COPY a b`, as engines say it. Triggers of bases come on top of what was counted. */
function countedSteps(stages: readonly StagePlan[], onProgress: (line: string) => void): (text: string) => void {
  const planned = stages.reduce((total, { instructions }) => total + 1 + instructions.length, 0);
  let step = 0;
  return (text) => {
    step += 1;
    onProgress(`Step ${step}/${Math.max(step, planned)} : ${text}`);
  };
}

function checkTime(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds < 2 ** 33) return;
  throw new ImageVersionsError('invalid', `SOURCE_DATE_EPOCH is ${seconds}: expected whole seconds since 1970`, {
    hint: 'Set it to what git log -1 --format=%ct prints.',
  });
}

function once<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
