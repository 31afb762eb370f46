import { OciError } from '../errors.js';
import type { StoredImages } from '../model/repository.js';
import { openArchiveFiles } from './archive-files.js';
import { openDockerArchive } from './docker-archive.js';
import { openOciArchive } from './oci-archive.js';

export interface ArchiveOptions {
  /** What the archive is to be; default: what it is, and of one that is both (Docker since 25) the Docker archive. */
  readonly kind?: 'docker-archive' | 'oci-archive';
  /** A tag, a name with its tag, or a digest; needed where there are several images. */
  readonly reference?: string;
  /** How a person names it; default its kind and path. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

/**
 * Opens an image in an archive: what `docker save` writes (up to 24 and since 25), Podman, skopeo, ggcr and kaniko, or a tar of an
 * OCI image layout; plain, gzip or zstd. `source` is a path or a stream, such as standard input. A plain file is read in place; all
 * else is spooled to a temporary file, unpacked, which is gone after `close`. Nothing is extracted.
 *
 * Errors: `not-found` (no such file, no such image in it), `invalid` (no archive, cut off, manifests that name what is not
 * there, several images and no choice), `mismatch`, `limit`, `unsupported`, `aborted`.
 */
export async function openArchive(
  source: string | AsyncIterable<Uint8Array>,
  { kind, reference, signal, ...options }: ArchiveOptions = {},
): Promise<StoredImages> {
  const place = typeof source === 'string' ? source : '-';
  const name = options.name ?? (kind === undefined ? place : `${kind}:${place}`);
  const files = await openArchiveFiles(source, name, signal);
  try {
    const [isDocker, isOci] = [files.has('manifest.json'), files.has('oci-layout') && files.has('index.json')];
    if (isDocker && kind !== 'oci-archive') return await openDockerArchive(files, name, reference);
    if (isOci && kind !== 'docker-archive') return await openOciArchive(files, name, reference, signal);
    const expected = { 'docker-archive': 'manifest.json', 'oci-archive': 'oci-layout and index.json' };
    const missing = kind === undefined ? 'manifest.json, or oci-layout and index.json' : expected[kind];
    throw new OciError(
      'invalid',
      `${name}: expected an archive of images, with ${missing}; there is no such file in it`,
      {
        hint: 'Such archives are written by `docker save` and `skopeo copy`; `docker export` writes a file system without an image.',
      },
    );
  } catch (error) {
    await files.close();
    throw error;
  }
}
