import { untilAborted } from '../content/abort.js';
import type { Descriptor, Digest } from '../content/descriptor.js';
import { parseDigest } from '../content/digest.js';
import { verifiedStream, verifyBytes } from '../content/verified-stream.js';
import { OciError } from '../errors.js';
import { MANIFEST_LIMIT_BYTES, parseManifestOrIndex } from '../model/manifest.js';
import type { Repository, StoredImages } from '../model/repository.js';
import { chooseOne } from './archive-choice.js';
import type { ArchiveFiles } from './archive-files.js';
import { blobPath, checkLayoutFile } from './layout-format.js';
import { parseLayoutIndex, tagOf } from './layout-index.js';
import { openRepositoryImages } from './repository-images.js';

/** Opens one image, or index of several platforms, of a tar of an OCI image layout (image-spec 1.1, image-layout.md). */
export async function openOciArchive(
  files: ArchiveFiles,
  name: string,
  reference: string | undefined,
  signal: AbortSignal | undefined,
): Promise<StoredImages> {
  checkLayoutFile(await files.read('oci-layout', MANIFEST_LIMIT_BYTES), name);
  const index = parseLayoutIndex(await files.read('index.json', MANIFEST_LIMIT_BYTES), `${name}: index.json`);
  const names = new Map<Digest, Set<string>>();
  for (const entry of index.manifests.filter(isImage)) {
    const known = names.get(entry.digest) ?? new Set();
    for (const text of [entry.annotations?.['io.containerd.image.name'], tagOf(entry)]) if (text) known.add(text);
    names.set(entry.digest, known);
  }
  const choices = [...names].map(([digest, known]) => ({ names: [...known], digests: [digest], value: digest }));
  const digest = chooseOne(choices, reference, name, 'Name one of them: oci-archive:FILE:TAG.');
  const source = repositoryOf(files, name);
  const images = await openRepositoryImages(source, digest, { name, signal });
  return { ...images, source, close: () => files.close() };
}

const isImage = ({ platform }: Descriptor): boolean => platform?.os !== 'unknown';

/** The blobs of an archive as a repository that nothing can be written to. */
function repositoryOf(files: ArchiveFiles, name: string): Repository {
  const pathOf = (digest: string): string => blobPath(parseDigest(digest, `${name}: digest`));
  const readOnly = async (): Promise<never> => {
    throw new OciError('unsupported', `${name}: an archive is only read`);
  };
  const fetchManifest: Repository['fetchManifest'] = async (reference) => {
    const digest = parseDigest(reference, `${name}: digest`);
    const bytes = await files.read(pathOf(digest), MANIFEST_LIMIT_BYTES);
    verifyBytes(bytes, { digest }, `${name}: manifest ${digest}`);
    const { mediaType } = parseManifestOrIndex(bytes, undefined, `${name}: manifest ${digest}`);
    return { descriptor: { mediaType, digest, size: bytes.byteLength }, bytes };
  };
  return {
    name,
    fetchManifest,
    resolve: async (digest) => (files.has(pathOf(digest)) ? (await fetchManifest(digest)).descriptor : undefined),
    hasBlob: async ({ digest }) => files.has(pathOf(digest)),
    fetchBlob: async (descriptor, { signal } = {}) => {
      const { digest } = descriptor;
      return verifiedStream(untilAborted(files.stream(pathOf(digest)), signal), descriptor, `${name}: blob ${digest}`);
    },
    pushBlob: readOnly,
    mountBlob: async () => false,
    pushManifest: readOnly,
    tags: async () => [],
  };
}
