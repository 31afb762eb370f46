import { diffLists } from './container-diff-matcher.js';
import type { AnalyzedImage, ListDiff } from './container-diff-shapes.js';

export function historyOf(image: AnalyzedImage): readonly string[] {
  return image.history.map((line) => line.trim());
}

/** The lines of container-diff's `metadata`: what a container is run with, a key a line, in its order and its spelling. */
export function metadataOf(image: AnalyzedImage): readonly string[] {
  const config = recordOf(recordOf(image.config).config);
  const text = (key: string) => (typeof config[key] === 'string' ? config[key] : '');
  const flag = (key: string) => String(config[key] === true);
  const list = (key: string) => (Array.isArray(config[key]) ? config[key].join(',') : '');
  return [
    `Domainname: ${text('Domainname')}`,
    `User: ${text('User')}`,
    `AttachStdin: ${flag('AttachStdin')}`,
    `AttachStdout: ${flag('AttachStdout')}`,
    `AttachStderr: ${flag('AttachStderr')}`,
    `ExposedPorts: ${pairs(config.ExposedPorts, () => '{}')}`,
    `Tty: ${flag('Tty')}`,
    `OpenStdin: ${flag('OpenStdin')}`,
    `StdinOnce: ${flag('StdinOnce')}`,
    `Env: ${list('Env')}`,
    `Cmd: ${list('Cmd')}`,
    `ArgsEscaped: ${flag('ArgsEscaped')}`,
    `Volumes: ${pairs(config.Volumes, () => '{}')}`,
    `Workdir: ${text('WorkingDir')}`,
    `Entrypoint: ${list('Entrypoint')}`,
    `NetworkDisabled: ${flag('NetworkDisabled')}`,
    `MacAddress: ${text('MacAddress')}`,
    `OnBuild: ${list('OnBuild')}`,
    `Labels: ${pairs(config.Labels, String)}`,
    `StopSignal: ${text('StopSignal')}`,
    `Shell: ${list('Shell')}`,
  ];
}

export function listDiff(before: readonly string[], after: readonly string[]): ListDiff {
  const { adds, dels } = diffLists(before, after);
  return { Adds: adds, Dels: dels };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function pairs(value: unknown, print: (value: unknown) => string): string {
  return Object.entries(recordOf(value))
    .map(([key, entry]) => `${key}:${print(entry)}`)
    .sort()
    .join(' ');
}
