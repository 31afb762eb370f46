export { type DecompressOptions, decompress } from './archive/decompress.js';
export type { TarEntry, TarEntryType, TarHeader } from './archive/entry.js';
export { gzipLayer } from './archive/gzip.js';
export { readTar, scanTar, type TarContentHandler, type TarHandler } from './archive/tar-reader.js';
export type { TarOptions } from './archive/tar-scanner.js';
export type { BlobDescriptor, Descriptor, Digest, Platform } from './content/descriptor.js';
export { isDigest, sha256Digest } from './content/digest.js';
export { MEDIA_TYPES } from './content/media-types.js';
export { oneChunk } from './content/one-chunk.js';
export { isOciError, OciError, type OciErrorCode, type OciErrorDetails } from './errors.js';
export type {
  Healthcheck,
  HistoryEntry,
  Image,
  ImageConfig,
  ImageSet,
  LayerReader,
  ReadLayersOptions,
  RunConfig,
} from './model/image.js';
export { formatPlatform, parsePlatform, samePlatform, selectPlatform } from './model/platform.js';
export { printManifest } from './model/print-manifest.js';
export type { LookUpOptions, Repository, RequestOptions, StoredImages, StoredManifest } from './model/repository.js';
export { type ImageReference, parseImageReference, parseRepositoryName } from './reference/image-reference.js';
export { type ImageSource, parseImageSource } from './reference/image-source.js';
export { createRegistryClient, type RegistryClient, type RegistryRepository } from './registry/client.js';
export {
  type CredentialSettings,
  type Credentials,
  type CredentialsLookup,
  createCredentialsLookup,
} from './registry/credentials.js';
export type { Environment, RegistryClientOptions, RegistryTls, SentRequest } from './registry/options.js';
export { type ArchiveOptions, openArchive } from './source/archive.js';
export { connectEngine, type EngineOptions } from './source/connect-engine.js';
export { type DockerIgnore, parseDockerIgnore } from './source/docker-ignore.js';
export type { Engine, EngineHistoryEntry, EngineImage } from './source/engine.js';
export type { BuildOptions } from './source/engine-build.js';
export type { EngineAuth } from './source/engine-client.js';
export { openEngineImages } from './source/engine-images.js';
export type { TransferOptions, TransferProgress } from './source/engine-transfer.js';
export { acquireLock, type FileLock, type LockEnvironment, type LockOptions } from './source/file-lock.js';
export { joinImages } from './source/join-images.js';
export { type OciLayoutOptions, openOciLayout } from './source/oci-layout.js';
export { type OpenImagesOptions, openImages } from './source/open.js';
export { type KnownLayer, type PublishOptions, type PublishProgress, publishImage } from './source/publish.js';
export { type PublishIndexOptions, publishIndex } from './source/publish-index.js';
export { openRegistryImages } from './source/registry.js';
export { openRepositoryImages } from './source/repository-images.js';
export { retag, type TagOptions, type TagResult } from './source/retag.js';
