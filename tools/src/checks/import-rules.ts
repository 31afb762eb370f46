import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';

/** What a package may import of ours, and which of its folders may import which. */
interface PackageRule {
  readonly packages: readonly string[];
  /** A folder may import those listed above it, or only those named here. */
  readonly folders: Readonly<Record<string, readonly string[] | 'above'>>;
  readonly mayImportNx?: true;
}

/** The arrows of docs/architecture.md, folders in its order. `testing` is for tests and may import everything of its package. */
export const rules: Readonly<Record<string, PackageRule>> = {
  oci: {
    packages: [],
    folders: {
      content: [],
      http: [],
      reference: 'above',
      archive: ['content'],
      model: 'above',
      registry: ['content', 'http', 'reference', 'model'],
      source: 'above',
      testing: 'above',
    },
  },
  diff: {
    packages: ['@image-versions/oci'],
    folders: {
      formats: [],
      layer: [],
      tree: ['layer'],
      noise: 'above',
      analyze: ['formats', 'layer', 'tree'],
      compare: ['layer', 'tree', 'noise', 'analyze'],
      report: ['layer', 'tree', 'compare', 'analyze'],
      cli: 'above',
      testing: 'above',
    },
  },
  nx: {
    packages: ['@image-versions/oci', '@image-versions/oci/lookup', '@image-versions/diff'],
    folders: {
      options: [],
      git: [],
      store: [],
      plan: ['store'],
      graph: ['options'],
      build: ['options'],
      executors: 'above',
      generators: ['options', 'store', 'graph'],
      hooks: ['options', 'git', 'store', 'plan', 'graph'],
    },
    mayImportNx: true,
  },
};

export interface Miss {
  readonly file: string;
  readonly imported: string;
  readonly allowed: string;
}

const importPattern =
  /(?:^|[\s;])(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every module that this TypeScript source imports, statically or not. */
export function importsOf(source: string): string[] {
  return [...source.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? '');
}

/** Every import below `packages/` that goes against `rules`. */
export function forbiddenImports(root: string): Miss[] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const src = join(root, 'packages', name, 'src');
    return sourceFiles(src).flatMap((file) =>
      importsOf(readFileSync(file, 'utf8')).flatMap((imported) => {
        const allowed = allowedFor(rule, relative(src, file), imported, name);
        return allowed === undefined ? [] : [{ file: relative(root, file), imported, allowed }];
      }),
    );
  });
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(path))
    .map((path) => join(folder, path));
}

/** `undefined` if the import is allowed, else what would be. */
function allowedFor(rule: PackageRule, file: string, imported: string, name: string): string | undefined {
  const folder = file.includes(sep) ? (file.split(sep)[0] ?? '') : '';
  if (imported.startsWith('.')) {
    const target = normalize(join(dirname(file), imported));
    if (target.startsWith('..')) return `packages/${name}/src`;
    const targetFolder = target.includes(sep) ? (target.split(sep)[0] ?? '') : '';
    if (targetFolder === 'testing' && folder !== 'testing') return 'no product code may import testing';
    if (targetFolder === folder || folder === '') return undefined;
    if (targetFolder === '')
      return target === 'errors.js' || folder === 'cli' || folder === 'testing' ? undefined : 'errors.js';
    const folders = foldersFor(rule, folder);
    return folders.includes(targetFolder) ? undefined : folders.join(', ') || 'no other folder';
  }
  if (imported.startsWith('@image-versions/')) {
    return rule.packages.includes(imported) ? undefined : rule.packages.join(', ') || 'none of ours';
  }
  const isNx = imported === 'nx' || imported.startsWith('nx/') || imported.startsWith('@nx/');
  return isNx && !rule.mayImportNx ? 'only packages/nx may import Nx' : undefined;
}

function foldersFor(rule: PackageRule, folder: string): readonly string[] {
  const listed = rule.folders[folder];
  if (listed === undefined) return [];
  const names = Object.keys(rule.folders);
  return listed === 'above' ? names.slice(0, names.indexOf(folder)) : listed;
}
