import * as v from 'valibot';
import { OciError } from '../errors.js';
import { digestSchema } from './descriptor-schema.js';
import type { Healthcheck, HistoryEntry, ImageConfig, RunConfig } from './image.js';
import { goObject, keySet, maybe, parseJson, stringMap } from './json.js';

/** Largest config that is read. No spec has a bound; real ones are under 100 kB, and containers' libraries stop at 4 MiB. */
export const CONFIG_LIMIT_BYTES = 8 * 1024 * 1024;

/** Most layers of an image: overlayfs stacks no more (OVL_MAX_STACK), and Docker makes at most 127. */
const MAX_LAYERS = 500;

const strings = v.array(v.string());

/** Docker's `strslice`: a list, or one string by itself. */
const commandLine = v.union(
  [
    strings,
    v.pipe(
      v.string(),
      v.transform((word) => [word]),
    ),
  ],
  'expected a list of strings',
);

const wholeNumber = v.pipe(v.number(), v.integer('expected a whole number'));

const runSchema = goObject({
  User: maybe(v.string()),
  Env: maybe(strings),
  Entrypoint: maybe(commandLine),
  Cmd: maybe(commandLine),
  WorkingDir: maybe(v.string()),
  ExposedPorts: maybe(keySet),
  Volumes: maybe(keySet),
  Labels: maybe(stringMap),
  StopSignal: maybe(v.string()),
  StopTimeout: maybe(wholeNumber),
  Healthcheck: maybe(
    goObject({
      Test: maybe(strings),
      Interval: maybe(wholeNumber),
      Timeout: maybe(wholeNumber),
      StartPeriod: maybe(wholeNumber),
      StartInterval: maybe(wholeNumber),
      Retries: maybe(wholeNumber),
    }),
  ),
  Shell: maybe(commandLine),
  OnBuild: maybe(strings),
  ArgsEscaped: maybe(v.boolean()),
});

const configSchema = goObject({
  architecture: maybe(v.string()),
  os: maybe(v.string()),
  variant: maybe(v.string()),
  'os.version': maybe(v.string()),
  'os.features': maybe(strings),
  created: maybe(v.string()),
  author: maybe(v.string()),
  config: maybe(runSchema),
  rootfs: goObject({ type: v.literal('layers', 'expected "layers"'), diff_ids: maybe(v.array(digestSchema)) }),
  history: maybe(
    v.array(
      goObject({
        created: maybe(v.string()),
        created_by: maybe(v.string()),
        comment: maybe(v.string()),
        author: maybe(v.string()),
        empty_layer: maybe(v.boolean()),
      }),
    ),
  ),
});

type WrittenConfig = v.InferOutput<typeof configSchema>;
type WrittenRun = v.InferOutput<typeof runSchema>;

/**
 * Parses an image's config blob (image-spec 1.1, config.md, with Docker's fields) and fills in every default, so that what means
 * the same reads the same: an empty list is no command, an empty working directory is `/`, 0 in a health check is the default.
 * Throws `invalid` and `limit`. History may be absent or name fewer layers than there are (Docker loads such images), not more.
 */
export function parseImageConfig(bytes: Uint8Array, what = 'image config'): ImageConfig {
  const written = parseJson(bytes, configSchema, what, CONFIG_LIMIT_BYTES);
  const config: ImageConfig = {
    platform: platformOf(written),
    created: written.created,
    author: written.author || undefined,
    run: runConfig(written.config),
    diffIds: written.rootfs.diff_ids ?? [],
    history: (written.history ?? []).map(historyEntry),
  };
  if (config.diffIds.length > MAX_LAYERS) {
    throw new OciError('limit', `${what}: ${config.diffIds.length} layers, more than ${MAX_LAYERS}`);
  }
  const named = config.history.filter((entry) => !entry.emptyLayer).length;
  if (named > config.diffIds.length) {
    throw new OciError('invalid', `${what}: its history names ${named} layers, its rootfs ${config.diffIds.length}`);
  }
  return config;
}

function platformOf(written: WrittenConfig): ImageConfig['platform'] {
  const features = written['os.features'];
  return {
    os: written.os || 'linux',
    architecture: written.architecture || 'unknown',
    ...(written.variant && { variant: written.variant }),
    ...(written['os.version'] && { 'os.version': written['os.version'] }),
    ...(features?.length && { 'os.features': features }),
  };
}

function runConfig(written: WrittenRun | undefined): RunConfig {
  return {
    user: written?.User ?? '',
    env: written?.Env ?? [],
    entrypoint: unlessEmpty(written?.Entrypoint),
    cmd: unlessEmpty(written?.Cmd),
    workingDir: written?.WorkingDir || '/',
    exposedPorts: written?.ExposedPorts ?? [],
    volumes: written?.Volumes ?? [],
    labels: written?.Labels ?? {},
    stopSignal: written?.StopSignal || undefined,
    stopTimeoutSeconds: written?.StopTimeout,
    healthcheck: healthcheck(written?.Healthcheck),
    shell: unlessEmpty(written?.Shell),
    onBuild: written?.OnBuild ?? [],
    argsEscaped: written?.ArgsEscaped ?? false,
  };
}

/** Without a test an image has no health check of its own, and the other fields have no meaning (Docker's `HealthConfig`). */
function healthcheck(written: WrittenRun['Healthcheck']): Healthcheck | undefined {
  if (!written?.Test?.length) return undefined;
  return {
    test: written.Test,
    ...(written.Interval && { intervalNs: written.Interval }),
    ...(written.Timeout && { timeoutNs: written.Timeout }),
    ...(written.StartPeriod && { startPeriodNs: written.StartPeriod }),
    ...(written.StartInterval && { startIntervalNs: written.StartInterval }),
    ...(written.Retries && { retries: written.Retries }),
  };
}

function historyEntry(written: NonNullable<WrittenConfig['history']>[number]): HistoryEntry {
  return {
    ...(written.created && { created: written.created }),
    ...(written.created_by && { createdBy: written.created_by }),
    ...(written.comment && { comment: written.comment }),
    ...(written.author && { author: written.author }),
    emptyLayer: written.empty_layer ?? false,
  };
}

const unlessEmpty = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list?.length ? list : undefined;
