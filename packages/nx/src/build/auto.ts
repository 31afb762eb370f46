import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import type { Container } from '../options/container-options.js';
import type { Builder } from './builder.js';
import { docker } from './docker.js';
import { embedded } from './embedded.js';

/** Takes the engine if one answers, else the embedded builder if the Dockerfile allows it, and says which. */
export const auto: Builder = {
  name: 'auto',
  async build(request) {
    const builder = await chooseBuilder(request.workspaceRoot, request.container, request.signal);
    request.onOutput(`Building ${request.container.project} with builder ${builder.name}`);
    return builder.build(request);
  },
};

/** Error `environment` where neither can build it; it says why. */
export async function chooseBuilder(
  workspaceRoot: string,
  { project, dockerfile, stage, buildArgs }: Pick<Container, 'project' | 'dockerfile' | 'stage' | 'buildArgs'>,
  signal: AbortSignal | undefined,
): Promise<Builder> {
  const { connectEngine, isOciError } = await import('@image-versions/oci');
  try {
    await connectEngine({ signal });
    return docker;
  } catch (error) {
    if (!isOciError(error) || error.code === 'aborted') throw error;
    const { embeddedCanBuild } = await import('./embedded/index.js');
    const text = await readFile(join(workspaceRoot, dockerfile), 'utf8').catch(() => '');
    const answer = embeddedCanBuild(text, { buildArgs, ...(stage === undefined ? {} : { target: stage }) });
    if (answer.ok) return embedded;
    throw new ImageVersionsError(
      'environment',
      `Build ${project}: no engine answers (${error.message}) and the embedded builder can't build ${dockerfile}:${answer.line}: ${answer.reason}`,
      { hint: error.hint ?? 'Start Docker or Podman, or name the engine in DOCKER_HOST.', cause: error },
    );
  }
}
