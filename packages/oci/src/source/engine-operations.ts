import { unlessAborted } from '../content/abort.js';
import { isOciError, OciError } from '../errors.js';
import type { Engine, EngineImage } from './engine.js';
import { type BuildOptions, buildImage } from './engine-build.js';
import type { EngineClient } from './engine-client.js';
import { engineError } from './engine-error.js';
import { inspectImage, keepsManifests, readHistory } from './engine-inspect.js';
import { splitEngineName } from './engine-name.js';
import { pullImage, pushImage } from './engine-transfer.js';

/** The operations of an engine that has answered. */
export function engineOf(
  client: EngineClient,
  { version, kind, url }: { version: string; kind: Engine['kind']; url: string },
): Engine {
  let manifests: Promise<boolean> | undefined;
  const inspect: Engine['inspect'] = async (reference, { signal } = {}) => {
    manifests ??= kind === 'docker' && !/^(1|20)\./.test(version) ? keepsManifests(client) : Promise.resolve(false);
    manifests.catch(() => {
      manifests = undefined;
    });
    return inspectImage(client, reference, await unlessAborted(manifests, signal), signal);
  };
  return {
    name: `${kind === 'podman' ? 'Podman' : 'Docker'} ${version} at ${url}`,
    version,
    kind,
    inspect,
    history: (reference, { signal } = {}) => readHistory(client, reference, signal),
    async tag(source, target, { signal } = {}) {
      splitEngineName(source);
      const { repository, tag } = splitEngineName(target);
      const query = { repo: repository, tag: tag ?? 'latest' };
      await client.json({
        method: 'POST',
        path: `/images/${source}/tag`,
        query,
        signal,
        tried: `tag ${source} as ${target}`,
      });
    },
    async remove(reference, { signal } = {}) {
      splitEngineName(reference);
      try {
        await client.json({ method: 'DELETE', path: `/images/${reference}`, signal, tried: `remove ${reference}` });
        return true;
      } catch (error) {
        if (isOciError(error, 'not-found')) return false;
        throw error;
      }
    },
    pull: (reference, options = {}) => pullImage(client, kind, reference, options),
    push: (reference, options = {}) => pushImage(client, reference, options),
    save: (references, { signal } = {}) => save(client, references, signal),
    build: (options) =>
      buildAgain(options, async (attempt) => {
        const id = await buildImage(client, kind, attempt);
        const image = await inspect(id, { signal: attempt.signal });
        if (image) return image;
        throw new OciError('build-failed', `The engine built ${id}, and does not have it any more.`, {
          hint: 'Something removes images while they are built (`docker image prune`): build again.',
          facts: { imageGone: true },
        });
      }),
  };
}

/** Builds once more, without the cache, where an image that the build took from it was removed by another before it was used. */
async function buildAgain(options: BuildOptions, build: (options: BuildOptions) => Promise<EngineImage>) {
  try {
    return await build(options);
  } catch (error) {
    if (!isOciError(error, 'build-failed') || error.facts.imageGone !== true || options.noCache) throw error;
    options.onProgress?.('An image of the cache was removed while it was used: building again without the cache.');
    return build({ ...options, noCache: true });
  }
}

async function* save(client: EngineClient, references: readonly string[], signal: AbortSignal | undefined) {
  const tried = `export ${references.join(', ')} from the engine`;
  for (const reference of references) splitEngineName(reference);
  const query = { names: references };
  const stream = await client.stream({ method: 'GET', path: '/images/get', query, signal, tried });
  try {
    yield* stream;
  } catch (error) {
    throw engineError(error, tried, signal);
  }
}
