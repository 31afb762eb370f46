import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { recordsFolder } from '../options/names.js';
import type { Builder, BuildRequest } from './builder.js';
import { type BuildxOutput, type BuildxPart, buildxArguments } from './buildx-arguments.js';
import { buildFailed, inspectFailed } from './buildx-errors.js';
import { joinOutputs, openOutput } from './buildx-output.js';
import { type DockerResult, runDocker } from './buildx-process.js';
import { secretsMask } from './buildx-secrets.js';
import { sourceDateEpoch } from './source-date-epoch.js';

type Run = (args: readonly string[], onLine: (line: string) => void, signal?: AbortSignal) => Promise<DockerResult>;

/**
 * Builds with `docker buildx build` on one of its instances, here or far away, into an OCI archive or the repository of the image: no
 * engine has to hold it. Several platforms come as an index. buildx makes no archive of what several nodes built (0.37): there each
 * platform is a build of its own, and they are joined.
 */
export const buildx: Builder = {
  name: 'buildx',
  async build(request) {
    const { workspaceRoot, container, keeps } = request;
    const mask = await secretsMask(workspaceRoot, container.buildx.secrets);
    const epoch = await sourceDateEpoch(workspaceRoot);
    // Both are variables of buildx. By default it adds attestations, each with another time in it.
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch), BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };
    const run: Run = (args, onLine, signal = request.signal) =>
      runDocker({ args, cwd: workspaceRoot, env, mask, onLine, signal });
    const { builder, nodes } = await describeInstance(container.buildx.instance, run);

    const folder = await mkdtemp(join(tmpdir(), 'image-versions-buildx-'));
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const { platforms } = container.buildx;
      const kept = `${recordsFolder}/images/${container.project}`;
      const place = keeps ? join(workspaceRoot, kept) : join(folder, 'image');
      if (keeps) await mkdir(dirname(place), { recursive: true });
      const isSpread = nodes > 1 && platforms.length > 1;
      const repository = pushesTo(request);
      const outputAt = (path: string): BuildxOutput =>
        repository === undefined ? { archive: `${path}.tar` } : { repository, metadataFile: `${path}.json` };
      const parts = isSpread
        ? platforms.map((platform, at) => ({ platforms: [platform], output: outputAt(join(folder, String(at))) }))
        : [{ platforms, output: outputAt(place) }];
      await buildAll(parts, request, run);
      const outputs = parts.map(({ output }) => output);
      const output = await (isSpread ? joinOutputs(outputs, place, request) : openOutput(outputAt(place), request));
      const shown = keeps ? kept : place;
      const close = async () => {
        await output.images.close();
        await remove();
      };
      const archived = isSpread ? `oci:${shown}:build` : `oci-archive:${shown}.tar`;
      const reference = repository === undefined ? archived : `${repository}@${output.images.digest}`;
      return { builder, reference, ...output, close };
    } catch (error) {
      await remove();
      throw error;
    }
  },
};

/** The repository that workers push to, if they are to. */
function pushesTo({ container, mayPush }: BuildRequest): string | undefined {
  return container.buildx.pushByDigest && mayPush ? container.image : undefined;
}

/** The instance as records name it, `buildx (ci: kubernetes, BuildKit v0.34.2)`, and how many nodes it has. */
async function describeInstance(instance: string | undefined, run: Run): Promise<{ builder: string; nodes: number }> {
  const lines: string[] = [];
  const result = await run(['buildx', 'inspect', ...(instance === undefined ? [] : [instance])], (line) => {
    lines.push(line);
  });
  if (result.code !== 0) throw inspectFailed(instance, result);
  const field = (name: string) => lines.map((line) => line.match(`^${name}:\\s+(\\S+)`)?.[1]).find(Boolean);
  const version = field('BuildKit version') ?? field('Buildkit');
  const builder = `buildx (${field('Name') ?? instance ?? 'default'}: ${field('Driver') ?? 'unknown driver'}${version ? `, BuildKit ${version}` : ''})`;
  return { builder, nodes: lines.filter((line) => line.startsWith('Endpoint:')).length };
}

/** Builds to these archives at once; the first failure ends the others. */
async function buildAll(parts: readonly BuildxPart[], request: BuildRequest, run: Run): Promise<void> {
  const { workspaceRoot, container, isFresh, bases, onOutput } = request;
  const stop = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, stop.signal]) : stop.signal;
  const failures: unknown[] = [];
  // All have ended before the folder that they write to is removed.
  await Promise.all(
    parts.map(async (part) => {
      try {
        const args = buildxArguments({ workspaceRoot, container, isFresh, bases, ...part });
        const { code, output } = await run(args, onOutput, signal);
        if (code !== 0) throw await buildFailed(container.project, code, output);
      } catch (error) {
        failures.push(error);
        stop.abort();
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}
