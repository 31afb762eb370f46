import * as v from 'valibot';
import { untilAborted } from '../content/abort.js';
import type { Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { verifyBytes } from '../content/verified-stream.js';
import { OciError } from '../errors.js';
import type { Image, ImageSet } from '../model/image.js';
import { CONFIG_LIMIT_BYTES, parseImageConfig } from '../model/image-config.js';
import { goObject, maybe, parseJson } from '../model/json.js';
import { MANIFEST_LIMIT_BYTES } from '../model/manifest.js';
import { formatPlatform, samePlatform } from '../model/platform.js';
import { chooseOne } from './archive-choice.js';
import type { ArchiveFiles } from './archive-files.js';
import { readStoredLayers, type StoredLayer } from './stored-layers.js';

const manifestSchema = v.array(
  goObject({ Config: v.string(), RepoTags: maybe(v.array(v.string())), Layers: maybe(v.array(v.string())) }),
);

/** Where a config's name says its digest: `<hex>.json`, `blobs/sha256/<hex>`, `sha256:<hex>`. */
const CONFIG_DIGEST = /(?:^|[/:])([0-9a-f]{64})(?:\.json)?$/;

/**
 * Opens one image of an archive in the form of `docker save` (`manifest.json`). Its config is checked against the digest in its name,
 * layers against the config while they are read. Throws `invalid`, `limit`, `mismatch`, `not-found`.
 */
export async function openDockerArchive(
  files: ArchiveFiles,
  name: string,
  reference: string | undefined,
): Promise<ImageSet> {
  const bytes = await files.read('manifest.json', MANIFEST_LIMIT_BYTES);
  const items = parseJson(bytes, manifestSchema, `${name}: manifest.json`, MANIFEST_LIMIT_BYTES);
  const choices = items.map((item) => {
    const digest = digestOfName(item.Config);
    return { names: item.RepoTags ?? [], digests: digest === undefined ? [] : [digest], value: item };
  });
  const item = chooseOne(choices, reference, name, 'Save one of them alone: docker save NAME.');
  const rawConfig = await files.read(item.Config, CONFIG_LIMIT_BYTES);
  const configDigest = sha256Digest(rawConfig);
  const named = digestOfName(item.Config);
  if (named !== undefined) verifyBytes(rawConfig, { digest: named }, `${name}: config`);
  const config = parseImageConfig(rawConfig, `${name}: config`);
  const paths = item.Layers ?? [];
  if (paths.length !== config.diffIds.length) {
    const counts = `manifest.json names ${paths.length} layers, the config ${config.diffIds.length}`;
    throw new OciError('invalid', `${name}: ${counts}`);
  }
  const pathOf = new Map(config.diffIds.map((diffId, at) => [diffId, paths[at] as string]));
  const image: Image = {
    name,
    manifestDigest: undefined,
    annotations: {},
    configDigest,
    config,
    layers: undefined,
    readRawConfig: async () => rawConfig,
    readLayers: async (diffIds, read, options) => {
      const layers = [...diffIds].map((diffId) => storedLayer(files, name, diffId, pathOf.get(diffId)));
      return readStoredLayers(layers, read, options);
    },
    close: async () => {},
  };
  return {
    name,
    digest: undefined,
    isIndex: false,
    annotations: {},
    readPlatforms: async () => [config.platform],
    async open(platform) {
      if (samePlatform(platform, config.platform)) return image;
      const only = formatPlatform(config.platform);
      throw new OciError('not-found', `${name}: no image for ${formatPlatform(platform)}, only for: ${only}`);
    },
    close: () => files.close(),
  };
}

function digestOfName(path: string): Digest | undefined {
  const hex = CONFIG_DIGEST.exec(path)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

function storedLayer(files: ArchiveFiles, name: string, diffId: Digest, path: string | undefined): StoredLayer {
  if (path === undefined) throw new OciError('not-found', `${name}: has no layer with diffId ${diffId}`);
  const what = `${name}: layer ${JSON.stringify(path.slice(0, 300))}`;
  return { diffId, what, open: async (signal) => untilAborted(files.stream(path), signal) };
}
