import type { Healthcheck, ImageConfig } from '@image-versions/oci';
import type { Change, Noise } from './comparison.js';
import { settingDetail } from './setting-detail.js';

/**
 * Labels that say when and from which commit an image was built: they differ in every build and nothing that runs reads them.
 * OCI image-spec 1.1, annotations.md; label-schema 1.0; Red Hat's own two. A version label is not among them.
 */
export const BUILD_LABELS = {
  times: ['org.opencontainers.image.created', 'org.label-schema.build-date', 'build-date'],
  revisions: ['org.opencontainers.image.revision', 'org.label-schema.vcs-ref', 'vcs-ref'],
  /** Put on every image by the program that built it; Podman by buildah. */
  builders: ['io.buildah.version'],
} as const;

const LABEL_RULE = {
  rule: 'build-labels',
  reason: 'They say when, from which commit and by which builder the image was built.',
};

/** What a container runs with, one line a setting (`ENV FOO`, `LABEL a.b`, `CMD`), so that equal maps run the same. */
export type ConfigLines = ReadonlyMap<string, string>;

/** Every setting of `config` but the labels named. Order of variables plays no part; of one set twice the last counts. */
export function configLines(config: ImageConfig, ignoredLabels: ReadonlySet<string>): ConfigLines {
  const { run, platform } = config;
  const lines = new Map<string, string>();
  const put = (key: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') lines.set(key, String(value));
  };
  for (const variable of run.env) {
    const equals = variable.indexOf('=', 1);
    // Docker takes it for "not the default of that name", Podman for an empty one.
    if (equals < 0) lines.set(`UNSET ${variable}`, 'yes');
    else lines.set(`ENV ${variable.slice(0, equals)}`, variable.slice(equals + 1));
  }
  put('ENTRYPOINT', list(run.entrypoint));
  put('CMD', list(run.cmd));
  put('USER', run.user);
  put('WORKDIR', run.workingDir === '' ? '/' : run.workingDir);
  for (const port of run.exposedPorts) lines.set(`EXPOSE ${port.includes('/') ? port : `${port}/tcp`}`, 'yes');
  for (const volume of run.volumes) lines.set(`VOLUME ${volume}`, 'yes');
  put('HEALTHCHECK', healthcheck(run.healthcheck));
  put('STOPSIGNAL', run.stopSignal);
  put('STOPTIMEOUT', run.stopTimeoutSeconds);
  put('SHELL', list(run.shell));
  put('ONBUILD', list(run.onBuild));
  // BuildKit sets it everywhere; only Windows has a use for it.
  if (run.argsEscaped && platform.os === 'windows') lines.set('ARGSESCAPED', 'yes');
  for (const [name, value] of Object.entries(run.labels)) {
    if (!ignoredLabels.has(name)) lines.set(`LABEL ${name}`, value);
  }
  const { os, architecture, variant = '', 'os.version': version = '', 'os.features': features = [] } = platform;
  lines.set('PLATFORM', JSON.stringify([os, architecture, variant, version, ...[...features].sort()]));
  return lines;
}

/** Settings that differ, and how many ignored labels do. */
export function compareConfigs(
  before: ImageConfig,
  after: ImageConfig,
  ignoredLabels: ReadonlySet<string>,
): { readonly changes: readonly Change[]; readonly noise: readonly Noise[] } {
  const was = configLines(before, ignoredLabels);
  const is = configLines(after, ignoredLabels);
  const changes = [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key): Change[] => {
    const [a, b] = [was.get(key), is.get(key)];
    if (a === b) return [];
    return [
      {
        category: key.startsWith('LABEL ') ? 'metadata' : 'configuration',
        kind: 'config',
        action: a === undefined ? 'added' : b === undefined ? 'removed' : 'modified',
        subject: key,
        detail: settingDetail(key, a, b),
      },
    ];
  });
  const labels = [...ignoredLabels].filter((name) => before.run.labels[name] !== after.run.labels[name]).sort();
  const examples = labels.slice(0, 3).map((name) => `LABEL ${name}`);
  return { changes, noise: labels.length > 0 ? [{ ...LABEL_RULE, count: labels.length, examples }] : [] };
}

function list(words: readonly string[] | undefined): string | undefined {
  return words === undefined || words.length === 0 ? undefined : JSON.stringify(words);
}

function healthcheck(check: Healthcheck | undefined): string | undefined {
  if (check === undefined) return undefined;
  const seconds = (ns: number | undefined) => (ns === undefined ? undefined : `${ns / 1e9}s`);
  const options = {
    interval: seconds(check.intervalNs),
    timeout: seconds(check.timeoutNs),
    startPeriod: seconds(check.startPeriodNs),
    startInterval: seconds(check.startIntervalNs),
    retries: check.retries,
  };
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return [JSON.stringify(check.test), ...set.map(([name, value]) => `${name}=${value}`)].join(' ');
}
