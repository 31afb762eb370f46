import type { Healthcheck, ImageConfig } from '@image-versions/oci';
import type { Change, Noise } from './comparison.js';

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
    if (equals < 0) lines.set(`ENV ${variable}`, '');
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
  put('ONBUILD', run.onBuild.length > 0 ? list(run.onBuild) : undefined);
  // BuildKit sets it everywhere; only Windows has a use for it.
  if (run.argsEscaped && platform.os === 'windows') lines.set('ARGSESCAPED', 'yes');
  for (const [name, value] of Object.entries(run.labels)) {
    if (!ignoredLabels.has(name)) lines.set(`LABEL ${name}`, value);
  }
  lines.set(
    'PLATFORM',
    JSON.stringify([platform.os, platform.architecture, platform.variant ?? '', platform['os.version'] ?? '']),
  );
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
        detail: detail(key, a, b),
      },
    ];
  });
  const labels = [...ignoredLabels].filter((name) => before.run.labels[name] !== after.run.labels[name]).sort();
  const examples = labels.slice(0, 3).map((name) => `LABEL ${name}`);
  return { changes, noise: labels.length > 0 ? [{ ...LABEL_RULE, count: labels.length, examples }] : [] };
}

const SECRET = /passw|secret|token|credential|auth|private|api_?key|(?:^|[_-])(?:key|pwd|pass|dsn)(?:$|[_-])/i;
const MAX_SHOWN = 200;

/** Values of variables and labels that may be secrets are never shown. */
function detail(key: string, before: string | undefined, after: string | undefined): string {
  if (/^(?:ENV|LABEL) /.test(key) && SECRET.test(key.slice(key.indexOf(' ') + 1))) return 'value not shown';
  if (/^(?:EXPOSE|VOLUME) |^ARGSESCAPED$/.test(key)) return '';
  if (before === undefined) return shown(after);
  if (after === undefined) return shown(before);
  return `${shown(before)} -> ${shown(after)}`;
}

function shown(value: string | undefined): string {
  if (value === undefined) return 'none';
  if (value === '') return '(empty)';
  const hidden = value.replace(/(:\/\/[^/\s:@]*:)[^@\s]*@/g, '$1***@');
  return hidden.length > MAX_SHOWN ? `${hidden.slice(0, MAX_SHOWN)}…` : hidden;
}

function list(words: readonly string[] | undefined): string | undefined {
  return words === undefined || words.length === 0 ? undefined : JSON.stringify(words);
}

function healthcheck(check: Healthcheck | undefined): string | undefined {
  if (check === undefined) return undefined;
  const seconds = (ns: number | undefined) => (ns === undefined || ns === 0 ? undefined : `${ns / 1e9}s`);
  const options = {
    interval: seconds(check.intervalNs),
    timeout: seconds(check.timeoutNs),
    startPeriod: seconds(check.startPeriodNs),
    startInterval: seconds(check.startIntervalNs),
    retries: check.retries === 0 ? undefined : check.retries,
  };
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return [JSON.stringify(check.test), ...set.map(([name, value]) => `${name}=${value}`)].join(' ');
}
