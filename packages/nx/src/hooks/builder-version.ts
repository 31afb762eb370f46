import { enginePlatform } from '../options/engine-platform.js';
import type { BuilderName } from '../options/plugin-options.js';

/**
 * What a builder is on this machine, as part of the hash: what `auto` comes to, and the platform of an engine, by default that of its
 * machine. What was decided for the image of one platform says nothing of another.
 */
export async function builderVersion(
  builder: BuilderName,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const { engineListens } = await import('@image-versions/oci/lookup');
  const isEngine = builder === 'docker' || (builder === 'auto' && (await engineListens()));
  if (isEngine) return `engine for ${enginePlatform(env) ?? process.arch}`;
  if (builder === 'auto') return 'embedded';
  // The instance builds for its own platform, which only it can tell, unless Docker's variable names another.
  const platform = builder === 'buildx' ? enginePlatform(env) : undefined;
  return platform === undefined ? builder : `${builder} for ${platform}`;
}

/** `builderVersion` of all builders that these containers name. */
export async function builderVersions(
  containers: readonly { readonly builder: BuilderName }[],
): Promise<Map<string, string>> {
  const names = [...new Set(containers.map(({ builder }) => builder))];
  return new Map(
    await Promise.all(names.map(async (name): Promise<[string, string]> => [name, await builderVersion(name)])),
  );
}
