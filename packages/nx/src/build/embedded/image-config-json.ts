import type { Digest, HistoryEntry, RunConfig } from '@image-versions/oci';
import type { StageConfig } from './stage-config.js';

/** An image's config blob (image-spec 1.1, config.md), fields in a fixed order: the same config gives the same bytes. */
export function formatImageConfig(config: StageConfig, diffIds: readonly Digest[], created: string): Buffer {
  const { platform, author, run, history } = config;
  const { os, architecture, variant } = platform;
  return Buffer.from(
    JSON.stringify({
      created,
      author,
      architecture,
      variant,
      os,
      'os.version': platform['os.version'],
      'os.features': platform['os.features'],
      config: runJson(run),
      rootfs: { type: 'layers', diff_ids: diffIds },
      history: history.map(historyJson),
    }),
  );
}

function runJson(run: RunConfig): object {
  const { healthcheck } = run;
  return {
    User: run.user || undefined,
    ExposedPorts: keySet(run.exposedPorts),
    Env: run.env,
    Entrypoint: run.entrypoint,
    Cmd: run.cmd,
    Volumes: keySet(run.volumes),
    WorkingDir: run.workingDir,
    Labels: sorted(run.labels),
    StopSignal: run.stopSignal,
    StopTimeout: run.stopTimeoutSeconds,
    Healthcheck: healthcheck && {
      Test: healthcheck.test,
      Interval: healthcheck.intervalNs,
      Timeout: healthcheck.timeoutNs,
      StartPeriod: healthcheck.startPeriodNs,
      StartInterval: healthcheck.startIntervalNs,
      Retries: healthcheck.retries,
    },
    Shell: run.shell,
    OnBuild: run.onBuild.length > 0 ? run.onBuild : undefined,
    ArgsEscaped: run.argsEscaped || undefined,
  };
}

function historyJson({ created, createdBy, author, comment, emptyLayer }: HistoryEntry): object {
  return { created, created_by: createdBy, author, comment, empty_layer: emptyLayer || undefined };
}

function keySet(keys: readonly string[]): object | undefined {
  return keys.length > 0 ? Object.fromEntries(keys.map((key) => [key, {}])) : undefined;
}

function sorted(labels: Readonly<Record<string, string>>): object | undefined {
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
