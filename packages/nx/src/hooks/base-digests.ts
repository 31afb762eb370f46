import { engineBase, unknownBase } from '../options/token-names.js';

/** Looks bases up; each call answers for one reference. */
export interface BaseLookup {
  /** The digest that the registry has under this name now. Throws where it can't say. */
  inRegistry(reference: string, signal: AbortSignal): Promise<string | undefined>;
  /** What the engine has under this name; `undefined` if nothing, or if there is no engine. Never throws. */
  inEngine(reference: string): Promise<{ readonly id: string; readonly wasPulled: boolean } | undefined>;
}

/** What is known of one base. */
export interface BaseDigest {
  /**
   * A digest, as the registry says; an ID with `engine:` before it, for an image that only the engine has; or `unknown`.
   */
  readonly digest: string;
  /** Why it is `unknown`. */
  readonly problem?: string;
}

/** How long a registry may take before the engine is asked, too. To load the engine's client takes longer than most answers. */
const patienceMs = 1_000;

/**
 * The digests of all these references, looked up at once. The registry decides, since a build takes what it has. The engine is asked where
 * the registry does not answer or does not know; where it has an image that was made and not pulled, the registry is waited for no longer.
 * Never throws.
 */
export async function lookUpBases(
  references: readonly string[],
  lookup: BaseLookup,
  waitMs = patienceMs,
): Promise<Map<string, BaseDigest>> {
  const entries = await Promise.all(
    [...new Set(references)].map(
      async (reference): Promise<[string, BaseDigest]> => [reference, await lookUpBase(reference, lookup, waitMs)],
    ),
  );
  return new Map(entries);
}

async function lookUpBase(reference: string, lookup: BaseLookup, waitMs: number): Promise<BaseDigest> {
  const pinned = /@(sha(?:256|512):[0-9a-f]+)$/.exec(reference)?.[1];
  if (pinned !== undefined) return { digest: pinned };
  const stop = new AbortController();
  const fromRegistry = lookup.inRegistry(reference, stop.signal).then(
    (digest) => ({ digest, problem: 'the registry has no such tag' }),
    (error: unknown) => ({ digest: undefined, problem: error instanceof Error ? error.message : String(error) }),
  );
  const early = await Promise.race([fromRegistry, pause(waitMs)]);
  if (early?.digest !== undefined) return { digest: early.digest };
  const local = await lookup.inEngine(reference);
  if (local && !local.wasPulled) {
    stop.abort();
    return { digest: `${engineBase}${local.id}` };
  }
  const { digest, problem } = await fromRegistry;
  if (digest !== undefined) return { digest };
  // Pulled once, and not to be looked up now: what is here is what a build would take.
  if (local) return { digest: `${engineBase}${local.id}`, problem };
  return { digest: unknownBase, problem };
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}
