import { must } from '@image-versions/tools/testbed';
import { inject } from 'vitest';

/** A container engine that the flows run on. */
export interface TestEngine {
  readonly name: 'Docker' | 'Podman';
  /** Where it is not, what needs it is left out, which the set-up has said. */
  readonly isThere: boolean;
  /** Makes a process use it. */
  readonly env: NodeJS.ProcessEnv;
  /** Start of a command line of its own client. */
  readonly client: readonly string[];
  /** What its client has to be told where a registry speaks plain HTTP. */
  readonly plainHttp: readonly string[];
  /** The command, for a shell, that copies an image of it to an OCI layout. */
  copyToLayout(image: string, layout: string): string;
}

export const docker: TestEngine = {
  name: 'Docker',
  isThere: inject('e2e').available,
  env: {},
  client: ['docker'],
  plainHttp: [],
  copyToLayout: (image, layout) => `skopeo copy -q docker-daemon:${image}:latest oci:${layout}`,
};

const service = inject('e2e').podman;
const podmanClient = service?.client ?? ['podman'];

export const podman: TestEngine = {
  name: 'Podman',
  isThere: service !== undefined,
  env: service?.env ?? {},
  client: podmanClient,
  plainHttp: ['--tls-verify=false'],
  copyToLayout: (image, layout) => `${podmanClient.join(' ')} push -q ${image} oci:${layout}`,
};

/** Runs the engine's own client; gives what it printed. */
export function inEngine(engine: TestEngine, ...args: string[]): Promise<string> {
  const [program = '', ...first] = engine.client;
  return must(program, [...first, ...args], { env: { ...process.env, ...engine.env } });
}

/** Pulls from a registry on loopback, and runs a container without network; gives what it printed. */
export async function runImage(engine: TestEngine, reference: string): Promise<string> {
  await inEngine(engine, 'pull', '-q', ...engine.plainHttp, reference);
  const printed = await inEngine(engine, 'run', '--rm', '--network=none', reference);
  await inEngine(engine, 'rmi', reference);
  return printed;
}
