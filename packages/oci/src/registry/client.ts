import pLimit from 'p-limit';
import type { Descriptor, Digest } from '../content/descriptor.js';
import type { Repository, RequestOptions } from '../model/repository.js';
import { parseRepositoryName } from '../reference/image-reference.js';
import { createAuthorizer } from './authorizer.js';
import { fetchBlob, hasBlob } from './blobs.js';
import { createCredentialsLookup } from './credentials.js';
import { registryEndpoint } from './endpoint.js';
import { listReferrers, listTags } from './listing.js';
import { fetchManifest, putManifest, resolveManifest } from './manifests.js';
import { normalizeOptions, type RegistryClientOptions } from './options.js';
import { linkReferrer } from './referrer-link.js';
import { type RepositoryAccess, repositoryAccess } from './repository-access.js';
import { createSession, type Session } from './session.js';
import { createTransport } from './transport.js';
import { mountBlob, pushBlob } from './upload.js';

/** A repository in a registry, with what only registries have. */
export interface RegistryRepository extends Repository {
  /** What refers to a manifest as its subject, of one artifact type or of all. */
  referrers(digest: Digest, options?: RequestOptions & { readonly artifactType?: string }): Promise<Descriptor[]>;
}

export interface RegistryClient {
  /** A repository by its name, `host[:port]/path`; Docker's defaults apply. Asks nothing yet. Throws `invalid`. */
  repository(name: string): RegistryRepository;
  /** Whether a registry answers, and takes our credentials; throws what is in the way. */
  ping(host: string, options?: RequestOptions): Promise<void>;
  /** Breaks off what is on its way and frees the connections. Not needed for a process to end. */
  close(): Promise<void>;
}

/**
 * A client for registries (distribution-spec 1.1). One client holds connections, tokens and limits for all hosts: make one a
 * process. Throws `invalid` for options and environment variables that are wrong.
 */
export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const settings = normalizeOptions(options);
  const transport = createTransport(settings);
  const authorizer = createAuthorizer(transport, settings, createCredentialsLookup(settings));
  const [requests, uploads] = [pLimit(settings.concurrency), pLimit(settings.uploads)];
  const session = (host: string): Session =>
    createSession({
      host,
      registryUrl: registryEndpoint(host, settings.insecure, settings.tls.has(host.toLowerCase())),
      settings,
      transport,
      authorizer,
      requests,
      uploads,
    });
  return {
    repository(name) {
      const { registry, repository } = parseRepositoryName(name);
      return registryRepository(repositoryAccess(session(registry), repository));
    },
    async ping(host, { signal } = {}) {
      const request = {
        method: 'GET',
        url: '/v2/',
        scopes: [],
        expect: [200],
        signal,
        what: `registry ${host}`,
      } as const;
      await session(host).run(request, (response) => response.discard());
    },
    close: () => transport.close(),
  };
}

function registryRepository(access: RepositoryAccess): RegistryRepository {
  return {
    name: access.name,
    resolve: (reference, options = {}) => resolveManifest(access, reference, options),
    fetchManifest: (reference, options = {}) => fetchManifest(access, reference, options),
    hasBlob: (descriptor, options = {}) => hasBlob(access, descriptor, options),
    fetchBlob: (descriptor, options = {}) => fetchBlob(access, descriptor, options),
    pushBlob: (descriptor, open, options = {}) => pushBlob(access, descriptor, open, options),
    mountBlob: (descriptor, from, options = {}) => mountBlob(access, descriptor, from, options),
    async pushManifest(manifest, tag, options = {}) {
      const { subjectSeen } = await putManifest(access, manifest, tag, options);
      if (!subjectSeen) await linkReferrer(access, manifest, options);
    },
    tags: (options = {}) => listTags(access, options),
    referrers: (digest, options = {}) => listReferrers(access, digest, options),
  };
}
