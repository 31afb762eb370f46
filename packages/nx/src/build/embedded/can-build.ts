import { parsePlatform } from '@image-versions/oci';
import { DockerfileError, useEngine } from './dockerfile-error.js';
import { type Instruction, parseDockerfileText } from './parse.js';
import { neededStages, planStages } from './stages.js';

/** Whether the embedded builder can build a Dockerfile, and if not, where it says what. */
export type CanBuild = { readonly ok: true } | { readonly ok: false; readonly line: number; readonly reason: string };

/** Looks at the text alone: the stages that the target needs. A base that has a RUN as a trigger shows only when it is built. */
export function embeddedCanBuild(
  text: string,
  options: { readonly target?: string; readonly buildArgs?: Readonly<Record<string, string>> } = {},
): CanBuild {
  const { target, buildArgs = {} } = options;
  try {
    const plan = planStages(parseDockerfileText(text, 'Dockerfile'), {
      buildArgs,
      target,
      platform: parsePlatform(defaultPlatform),
    });
    for (const stage of neededStages(plan)) {
      for (const instruction of stage.instructions) {
        const problem = unsupported(instruction);
        if (problem) return { ok: false, line: instruction.line, reason: problem.reason };
      }
    }
    return { ok: true };
  } catch (error) {
    if (error instanceof DockerfileError) return { ok: false, line: error.place.line, reason: error.reason };
    throw error;
  }
}

/** Of images that name no other, whatever machine builds them. */
export const defaultPlatform = 'linux/amd64';

const knownFlags: Readonly<Record<string, readonly string[]>> = {
  COPY: ['from', 'chown', 'chmod', 'link'],
  ADD: ['chown', 'chmod', 'link'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'start-interval', 'retries'],
};

/** What of an instruction the embedded builder can't do, and the way out. */
export function unsupported({ keyword, rest, flags }: Instruction): { reason: string; hint: string } | undefined {
  if (keyword === 'RUN') {
    return { reason: "RUN: the embedded builder runs no commands, so it can't carry this out", hint: useEngine };
  }
  const flag = flags.find(({ name }) => !knownFlags[keyword]?.includes(name));
  if (flag) return { reason: `${keyword}: the embedded builder knows no flag --${flag.name}`, hint: useEngine };
  const remote = keyword === 'ADD' ? rest.split(/[\s"[\],]+/).find(isRemote) : undefined;
  if (remote !== undefined) return remoteSource(remote);
  return undefined;
}

/** Whether ADD would fetch it from somewhere. */
export const isRemote = (source: string): boolean =>
  /^(https?:\/\/|git:\/\/|ssh:\/\/|git@|[\w.-]+@[\w.-]+:)/i.test(source);

export function remoteSource(source: string): { reason: string; hint: string } {
  const shown = source.replace(/\/\/[^/@]*@/, '//').slice(0, 200);
  return {
    reason: `ADD ${shown}: the embedded builder fetches nothing, since what is there may change`,
    hint: `Keep the file in the repository and COPY it. ${useEngine}`,
  };
}
