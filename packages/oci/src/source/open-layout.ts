import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OciError } from '../errors.js';
import type { ImageSet } from '../model/image.js';
import type { RequestOptions } from '../model/repository.js';
import { parseLayoutIndex, tagOf } from './layout-index.js';
import { openOciLayout } from './oci-layout.js';
import { openRepositoryImages } from './repository-images.js';

/**
 * Opens an image of an OCI layout folder. Without a tag or digest it is `latest`, or else the only one there is.
 * Errors: `not-found` where there is none, `invalid` where there are several and nothing says which.
 */
export async function openLayoutImages(
  folder: string,
  reference: string | undefined,
  options: RequestOptions = {},
): Promise<ImageSet> {
  const layout = openOciLayout(folder);
  const name =
    reference === undefined ? layout.name : `${layout.name}${reference.includes(':') ? '@' : ':'}${reference}`;
  const chosen = reference ?? (await onlyImage(folder, layout.name, await layout.tags(options)));
  return openRepositoryImages(layout, chosen, { ...options, name });
}

async function onlyImage(folder: string, name: string, tags: readonly string[]): Promise<string> {
  if (tags.includes('latest')) return 'latest';
  const bytes = await readFile(join(folder, 'index.json')).catch(() => undefined);
  const { manifests } = bytes ? parseLayoutIndex(bytes, `${name}: index.json`) : { manifests: [] };
  const digests = new Set(manifests.map(({ digest }) => digest));
  const [only] = digests;
  if (only === undefined) {
    throw new OciError('not-found', `${name}: there is no image.`, { hint: 'Check the path of the folder.' });
  }
  if (digests.size === 1) return only;
  const listed = manifests.map((entry) => tagOf(entry) ?? entry.digest).slice(0, 20);
  throw new OciError(
    'invalid',
    `${name}: expected one image or a tag latest, there are ${digests.size}: ${listed.join(', ')}`,
    {
      hint: `Name one of them: ${name}:TAG or ${name}@DIGEST.`,
    },
  );
}
