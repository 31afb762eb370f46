import type { ImageConfig, RunConfig } from '@image-versions/oci';

/** A config of linux/amd64 with these settings, and nothing else. */
export const configOf = (run: Partial<RunConfig> = {}, rest: Partial<Omit<ImageConfig, 'run'>> = {}): ImageConfig => ({
  platform: { os: 'linux', architecture: 'amd64' },
  created: undefined,
  author: undefined,
  diffIds: [],
  history: [],
  ...rest,
  run: {
    user: '',
    env: [],
    entrypoint: undefined,
    cmd: undefined,
    workingDir: '',
    exposedPorts: [],
    volumes: [],
    labels: {},
    stopSignal: undefined,
    stopTimeoutSeconds: undefined,
    healthcheck: undefined,
    shell: undefined,
    onBuild: [],
    argsEscaped: false,
    ...run,
  },
});
