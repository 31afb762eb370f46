import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OciError } from '../errors.js';
import type { EngineAddress, EngineTls } from './engine-address.js';

/**
 * The engine that a Docker context names, from `contexts/meta/<sha256 of the name>/meta.json` and
 * `contexts/tls/<the same>/docker/*.pem` in Docker's config folder.
 * Errors: `invalid` where there is no such context or it names no engine.
 */
export async function readDockerContext(configFolder: string, name: string): Promise<EngineAddress> {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(configFolder, 'contexts', 'meta', id, 'meta.json');
  let endpoint: { Host?: unknown; SkipTLSVerify?: unknown } | undefined;
  try {
    endpoint = JSON.parse(await readFile(file, 'utf8'))?.Endpoints?.docker;
  } catch (cause) {
    throw new OciError('invalid', `The Docker context "${name}" can't be read: ${file}.`, {
      cause,
      hint: '`docker context ls` lists the contexts; DOCKER_CONTEXT or `docker context use` selects one.',
    });
  }
  if (typeof endpoint?.Host !== 'string' || endpoint.Host === '') {
    throw new OciError(
      'invalid',
      `The Docker context "${name}" names no engine: ${file} has no Endpoints.docker.Host.`,
      {
        hint: 'Select another context, or name the engine in DOCKER_HOST.',
      },
    );
  }
  return {
    url: endpoint.Host,
    from: `context ${name}`,
    tls: await readTls(join(configFolder, 'contexts', 'tls', id, 'docker'), endpoint.SkipTLSVerify !== true),
  };
}

async function readTls(folder: string, verify: boolean): Promise<EngineTls | undefined> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFile(join(folder, name)).catch(() => undefined)),
  );
  return ca || cert || key || !verify ? { verify, ca, cert, key } : undefined;
}
