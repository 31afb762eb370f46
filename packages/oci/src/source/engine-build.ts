import type { Digest } from '../content/descriptor.js';
import { isOciError, OciError } from '../errors.js';
import { openBuildContext } from './build-context.js';
import { createBuildLog } from './engine-build-log.js';
import type { EngineAuth, EngineClient } from './engine-client.js';
import { engineError, engineMessage } from './engine-error.js';
import { engineEvents } from './engine-events.js';

export interface BuildOptions {
  /** A folder. `.dockerignore` and `<Dockerfile>.dockerignore` are respected. */
  readonly context: string;
  /** Absolute, or relative to `context`; may lie outside of it. Default `Dockerfile`. */
  readonly dockerfile?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** Names that the image gets. */
  readonly tags?: readonly string[];
  /** Uses no layer of an earlier build. */
  readonly noCache?: boolean;
  /** Asks the registries for newer base images. */
  readonly pull?: boolean;
  /** Such as `linux/arm64`. */
  readonly platform?: string;
  /**
   * BuildKit in place of the classic builder, where the engine has it. It runs here without a session: no secrets, SSH, cache
   * import or credentials for bases, and an ignored Dockerfile is still seen by COPY.
   */
  readonly buildKit?: boolean;
  /** Credentials for base images, by registry host; for the classic builder. */
  readonly auth?: Readonly<Record<string, EngineAuth>>;
  /** A line of output, without its line feed and terminal escapes. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Builds, and gives the ID of the image, which no other build can move. A failed build leaves no image and no container.
 * Errors: `build-failed`; `invalid` for a context or Dockerfile that can't be read; `unreachable`; `aborted`.
 */
export async function buildImage(
  client: EngineClient,
  kind: 'docker' | 'podman',
  options: BuildOptions,
): Promise<Digest> {
  const buildKit = options.buildKit === true;
  if (kind === 'docker' || !buildKit) return build(client, options, buildKit);
  options.onProgress?.('Podman has no BuildKit: building with its own builder.');
  return build(client, options, false).catch((failure) => {
    throw withoutBuildKit(failure);
  });
}

/** A Dockerfile that was to be built with BuildKit may be right, and beyond the engine. */
function withoutBuildKit(error: unknown): unknown {
  if (!isOciError(error, 'build-failed') || !/unknown instruction|only supports the|<</i.test(error.message))
    return error;
  return new OciError('build-failed', error.message, {
    cause: error.cause,
    facts: error.facts,
    hint: 'Podman has no BuildKit. Where the Dockerfile needs it (here-documents, COPY --link and the like), use a newer Podman, which knows more of them, Docker, or builder buildx; else correct it.',
  });
}

async function build(client: EngineClient, options: BuildOptions, buildKit: boolean): Promise<Digest> {
  const { context: folder, dockerfile = 'Dockerfile', onProgress, signal } = options;
  const what = options.tags?.[0] ?? folder;
  const tried = `build ${what}`;
  const context = await openBuildContext({ folder, dockerfile, builderHides: !buildKit });
  if (context.exposed) onProgress?.('With BuildKit a COPY of the whole context takes the ignored Dockerfile along.');
  let unreadable: unknown;
  context.tar.on('error', (error: unknown) => {
    unreadable = error;
  });
  const log = createBuildLog();
  try {
    const stream = await client.stream({
      method: 'POST',
      path: '/build',
      query: {
        dockerfile: context.dockerfile,
        t: options.tags,
        buildargs: options.buildArgs,
        labels: options.labels,
        target: options.target,
        nocache: options.noCache,
        pull: options.pull,
        platform: options.platform,
        rm: true,
        forcerm: true,
        version: buildKit ? '2' : undefined,
      },
      body: context.tar,
      registryAuth: buildKit ? undefined : options.auth,
      signal,
      tried,
    });
    for await (const event of engineEvents(stream, tried, signal)) {
      for (const line of log.add(event)) onProgress?.(line);
    }
  } catch (error) {
    if (isOciError(unreadable)) throw unreadable;
    throw refused(engineError(unreadable ?? error, tried, signal), what);
  } finally {
    context.tar.destroy();
  }
  if (log.failed || log.imageId === undefined) throw log.error(what);
  return log.imageId;
}

/** Docker answers 400 to a Dockerfile that it can't read. */
function refused(error: OciError, what: string): OciError {
  const { status } = error.facts;
  if (status !== 400 && status !== 500) return error;
  const message = engineMessage(error.cause);
  const dockerfile = /dockerfile|instruction|parse/i.test(message);
  return new OciError('build-failed', `The build of ${what} failed: ${message}`, {
    cause: error.cause,
    facts: error.facts,
    hint: dockerfile ? 'Correct the Dockerfile.' : error.hint,
  });
}
