import type { NxJsonConfiguration } from '@nx/devkit';
import { packageName } from '../../options/names.js';
import {
  type NormalizedPluginOptions,
  normalizePluginOptions,
  type PluginOptions,
} from '../../options/plugin-options.js';

type PluginEntry = NonNullable<NxJsonConfiguration['plugins']>[number];

/** The options that `nx.json` has for the plugin; `undefined` where it does not name it. */
export function pluginOptionsIn(nxJson: NxJsonConfiguration): PluginOptions | undefined {
  const entry = nxJson.plugins?.find(isOurs);
  if (entry === undefined) return undefined;
  return typeof entry === 'string' ? {} : ((entry.options ?? {}) as PluginOptions);
}

/**
 * `nx.json` with the plugin in it. Of `wanted`, what is empty, or is the default, is not written and changes nothing that is
 * written already; anything else takes the place of what is. The same object, if nothing changes. Error `invalid` if the
 * options that result are.
 */
export function withPlugin(
  nxJson: NxJsonConfiguration,
  wanted: PluginOptions,
): { readonly nxJson: NxJsonConfiguration; readonly options: NormalizedPluginOptions } {
  const before = pluginOptionsIn(nxJson);
  const written = { ...before, ...beyondDefaults(wanted, wanted.versionsFile || before?.versionsFile) };
  const options = normalizePluginOptions(written);
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(written)) return { nxJson, options };
  const entry: PluginEntry =
    Object.keys(written).length === 0 ? packageName : { plugin: packageName, options: written };
  const plugins = nxJson.plugins ?? [];
  const at = plugins.findIndex(isOurs);
  const merged = plugins[at];
  const replacing = typeof merged === 'object' && typeof entry === 'object' ? { ...merged, ...entry } : entry;
  return { nxJson: { ...nxJson, plugins: at < 0 ? [...plugins, entry] : plugins.with(at, replacing) }, options };
}

function isOurs(entry: PluginEntry): boolean {
  return (typeof entry === 'string' ? entry : entry.plugin) === packageName;
}

function beyondDefaults(wanted: PluginOptions, versionsFile: string | undefined): PluginOptions {
  const { varsFile } = normalizePluginOptions({ versionsFile });
  const defaults: Record<string, unknown> = { ...normalizePluginOptions({}), varsFile };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => {
      return value !== undefined && value !== '' && JSON.stringify(value) !== JSON.stringify(defaults[name]);
    }),
  );
}
