import type { Engine } from '@image-versions/oci';
import { openBaseRepository } from '../options/open-repository.js';
import type { BaseLookup } from './base-digests.js';

/** How long a registry may take to name a base, retries included. A build would fail on it anyway; a hook must not hang. */
const registryTimeoutMs = 15_000;
/** An engine that is asked over SSH may be slower; then the registry decides alone. */
const engineTimeoutMs = 3_000;

/** Looks bases up in their registries and in this machine's engine, which is connected to when first asked, and may not be there. */
export async function openBaseLookup(workspaceRoot: string): Promise<BaseLookup> {
  const { parseImageReference } = await import('@image-versions/oci/lookup');
  let engine: Promise<Engine | undefined> | undefined;
  return {
    async inRegistry(reference, signal) {
      const base = await openBaseRepository(workspaceRoot, reference);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(registryTimeoutMs)]);
      return (await base.repository.resolve(base.reference, { signal: limit }))?.digest;
    },
    async inEngine(reference) {
      engine ??= import('@image-versions/oci')
        .then((oci) => oci.connectEngine({ timeoutMs: engineTimeoutMs }))
        .catch(() => undefined);
      const image = await (await engine)?.inspect(reference).catch(() => undefined);
      if (!image) return undefined;
      const { registry, repository } = parseImageReference(reference);
      // Other names of the same image may have been pulled or pushed; only this one counts.
      const wasPulled = image.repoDigests.some((name) => {
        const other = parseImageReference(name);
        return other.registry === registry && other.repository === repository;
      });
      return { id: image.id, wasPulled };
    },
  };
}
