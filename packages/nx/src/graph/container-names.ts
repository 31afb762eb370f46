import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifests } from './container-settings.js';
import { isNamedByPlugin, manifestName, nameByFolder, pluginNames } from './project-name.js';

/** Names by root of all containers whose name is known here, whoever gave it; those that another plugin names are left out. */
export function nameContainers(
  containers: readonly { readonly root: string; readonly manifests: Manifests }[],
  workspaceRoot: string,
  writtenPlugins: unknown,
): Map<string, string> {
  const plugins = pluginNames(writtenPlugins);
  const names = new Map<string, string>();
  const unnamed: string[] = [];
  for (const { root, manifests } of containers) {
    const name = manifestName(root, manifests);
    if (name !== undefined) names.set(root, name);
    else if (!isNamedByPlugin(plugins.length > 1 ? listFolder(join(workspaceRoot, root)) : [], plugins))
      unnamed.push(root);
  }
  for (const [root, name] of nameByFolder(unnamed, new Set(names.values()))) names.set(root, name);
  return names;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
