import { enginePlatform } from '../options/engine-platform.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';

/**
 * What builds on this machine, as far as a hash can tell it: what `auto` comes to, and for an engine the platform, which without a
 * word is that of its machine. An image for one is no answer on the other.
 */
export async function builderVersion(
  builder: NormalizedPluginOptions['builder'],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const { engineListens } = await import('@image-versions/oci/lookup');
  const isEngine = builder === 'docker' || (builder === 'auto' && (await engineListens()));
  if (isEngine) return `engine for ${enginePlatform(env) ?? process.arch}`;
  return builder === 'auto' ? 'embedded' : builder;
}
