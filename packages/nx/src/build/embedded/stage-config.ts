import type { HistoryEntry, ImageConfig, Platform, RunConfig } from '@image-versions/oci';
import { cleanPath } from './files.js';

/** What a container of the image will run with; changed by instructions. */
export type StageRun = { -readonly [Key in keyof RunConfig]: RunConfig[Key] };

/** The part of a stage that becomes the image's config. */
export interface StageConfig {
  platform: Platform;
  author: string | undefined;
  run: StageRun;
  history: HistoryEntry[];
}

/** What every engine puts into an image that has no PATH. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Of a stage FROM scratch. */
export function emptyConfig(platform: Platform): StageConfig {
  const run: StageRun = {
    user: '',
    env: [],
    entrypoint: undefined,
    cmd: undefined,
    workingDir: '/',
    exposedPorts: [],
    volumes: [],
    labels: {},
    stopSignal: undefined,
    stopTimeoutSeconds: undefined,
    healthcheck: undefined,
    shell: undefined,
    onBuild: [],
    argsEscaped: false,
  };
  return { platform, author: undefined, run: withPath(run), history: [] };
}

/** Of a stage on an image. Triggers are carried out, and not inherited. */
export function inheritConfig({ platform, author, run, history }: ImageConfig | StageConfig): StageConfig {
  return { platform, author, run: withPath({ ...run, onBuild: [] }), history: [...history] };
}

function withPath(run: StageRun): StageRun {
  if (run.env.some((variable) => variable.startsWith('PATH='))) return run;
  return { ...run, env: [...run.env, `PATH=${defaultPath}`] };
}

/** Sets a variable where it stands, or at the end. */
export function setVariable(run: StageRun, name: string, value: string): void {
  const at = run.env.findIndex((variable) => variable.split('=', 1)[0] === name);
  const line = `${name}=${value}`;
  run.env = at < 0 ? [...run.env, line] : run.env.with(at, line);
}

/** Variables by name. */
export function variablesOf(env: readonly string[]): Map<string, string> {
  return new Map(
    env.map((variable) => {
      const equals = variable.indexOf('=');
      return equals < 0 ? [variable, ''] : [variable.slice(0, equals), variable.slice(equals + 1)];
    }),
  );
}

/** `/a/b` of a folder and a path that may be relative to it. */
export function absolutePath(workingDir: string, path: string): string {
  return `/${cleanPath(path.startsWith('/') ? path : `${workingDir}/${path}`)}`;
}
