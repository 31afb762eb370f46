import { basename } from 'node:path';
import type { Manifests } from './container-settings.js';

/** Manifests that other plugins name projects by, and what such a plugin is called. */
const namedByOthers: readonly { readonly file: RegExp; readonly plugin: RegExp }[] = [
  { file: /^(build|settings)\.gradle(\.kts)?$/, plugin: /gradle/ },
  { file: /^pom\.xml$/, plugin: /maven/ },
  { file: /^pyproject\.toml$/, plugin: /python|uv|poetry/ },
  { file: /^go\.mod$/, plugin: /\bgo\b|nx-go|golang/ },
  { file: /^Cargo\.toml$/, plugin: /rust|cargo/ },
  { file: /\.(cs|fs|vb)proj$/, plugin: /dotnet/ },
];

/** The name that a project's own manifests give it; `undefined` where they leave it to a plugin. Nx takes them in this order. */
export function manifestName(root: string, manifests: Manifests): string | undefined {
  const { projectJson, packageJson } = manifests;
  return projectJson?.name ?? packageJson?.nx?.name ?? packageJson?.name ?? (projectJson && folderName(root));
}

/** Whether Nx makes a project of this folder by its manifests: of a `package.json` in the workspace root only if it says so. */
export function isNamedProject(root: string, manifests: Manifests): boolean {
  if (root === '.' && manifests.projectJson === undefined && manifests.packageJson?.nx === undefined) return false;
  return manifestName(root, manifests) !== undefined;
}

/** Whether another plugin names the project in this folder. */
export function isNamedByPlugin(files: readonly string[], plugins: readonly string[]): boolean {
  return namedByOthers.some(
    ({ file, plugin }) => files.some((name) => file.test(name)) && plugins.some((name) => plugin.test(name)),
  );
}

/** Names of the plugins in `nx.json`. */
export function pluginNames(plugins: unknown): string[] {
  if (!Array.isArray(plugins)) return [];
  return plugins.map((entry) => (typeof entry === 'string' ? entry : String((entry as { plugin?: unknown }).plugin)));
}

/** Names for projects that nothing else names: the folder's, or the path's where two folders have one name. */
export function nameByFolder(roots: readonly string[], taken: ReadonlySet<string>): Map<string, string> {
  const count = new Map<string, number>();
  for (const root of roots) count.set(folderName(root), (count.get(folderName(root)) ?? 0) + 1);
  return new Map(
    roots.map((root) => {
      const short = folderName(root);
      const unique = count.get(short) === 1 && !taken.has(short);
      return [root, unique ? short : root.toLowerCase().replace(/[^a-z0-9_.]+/g, '-')];
    }),
  );
}

/** The name of a project that only its folder names, where no other project has it. */
export function folderName(root: string): string {
  return root === '.' ? 'root' : basename(root).toLowerCase();
}
