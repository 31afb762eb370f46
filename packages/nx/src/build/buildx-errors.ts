import type { OciError } from '@image-versions/oci';
import { ImageVersionsError } from '../errors.js';
import type { DockerResult } from './buildx-process.js';

/** Says why `docker buildx inspect` failed: no plugin, no such instance, or what it printed. */
export function inspectFailed(instance: string | undefined, { code, output }: DockerResult): ImageVersionsError {
  const said = output.join('\n');
  if (/is not a docker command|unknown command|unknown shorthand flag|unknown flag/i.test(said)) {
    return new ImageVersionsError('environment', "Builder buildx: this machine's docker has no plugin buildx", {
      hint: "Install it (Debian's docker-buildx, Docker's docker-buildx-plugin, or the file docker-buildx in ~/.docker/cli-plugins), or choose another builder.",
    });
  }
  if (/no builder .*found/i.test(said)) {
    return new ImageVersionsError('environment', `Builder buildx: there is no instance ${instance ?? 'chosen'}`, {
      hint: `docker buildx ls lists the instances of this machine; docker buildx create --name=${instance ?? 'NAME'} makes one (docs/build-farm.md).`,
    });
  }
  return new ImageVersionsError('environment', `Builder buildx: docker buildx inspect ended with ${code}: ${said}`, {
    hint: 'Run it by hand; docker buildx ls lists the instances of this machine.',
  });
}

/** A build that failed, with the end of its output. */
export async function buildFailed(project: string, code: number, output: readonly string[]): Promise<OciError> {
  const { OciError } = await import('@image-versions/oci');
  const said = output.join('\n');
  const problem = output.findLast((line) => /^ERROR: /.test(line))?.slice('ERROR: '.length) ?? `it ended with ${code}`;
  const shown = output.map((line) => `  ${line}`).join('\n');
  return new OciError(
    'build-failed',
    `The build of ${project} failed: ${problem}${shown === '' ? '' : `\nThe end of its output:\n${shown}`}`,
    { hint: hintFor(said), facts: { exitCode: code } },
  );
}

function hintFor(said: string): string {
  if (/OCI exporter is not supported|exporter "oci"/i.test(said)) {
    return "Docker's own driver can't make an OCI archive. Make an instance that can: docker buildx create --name=builder --driver=docker-container; then set the option builderInstance.";
  }
  if (/multiple platforms feature is currently not supported|multi-platform build is not supported/i.test(said)) {
    return "Docker's own driver builds one platform. Make an instance that builds several: docker buildx create --name=builder --driver=docker-container; then set the option builderInstance.";
  }
  if (/exec format error|no match for platform|exec \S+: .*emulat/i.test(said)) {
    return "The instance can't run that platform: add a worker of it (docker buildx create --append), or emulation (QEMU's binfmt).";
  }
  if (/failed to list workers|connection refused|no such host|context deadline exceeded|Unavailable/i.test(said)) {
    return 'The instance was not reached: docker buildx inspect --bootstrap says in what state it is.';
  }
  if (/pull access denied|insufficient_scope|failed to resolve source metadata|: not found$/im.test(said)) {
    return 'A base image or a file was not found: check FROM and COPY, and log in if its registry wants that.';
  }
  return 'The output above says why.';
}
