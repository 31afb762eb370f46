import { formatFiles, type GeneratorCallback, logger, type Tree } from '@nx/devkit';
import { ImageVersionsError, withHints } from '../../errors.js';
import { setUp } from '../init/generator.js';
import { inFolder, writeProjectSettings } from '../project-file.js';
import { kinds } from './kinds/index.js';
import type { ContainerFiles } from './kinds/kind.js';
import { nameIfTaken, projectFolder, rootOf } from './project-folder.js';

/** Options of the generator `container`; schema.json says what each is. */
export interface ContainerGeneratorOptions {
  directory?: string;
  project?: string;
  kind: string;
  base?: string;
  port?: number;
  force?: boolean;
  skipFormat?: boolean;
}

/** Makes a container of a project, or of a new folder: writes a Dockerfile and what belongs to it. */
export default async function containerGenerator(
  tree: Tree,
  options: ContainerGeneratorOptions,
): Promise<GeneratorCallback> {
  return withHints(async () => {
    const kind = kinds[options.kind];
    if (kind === undefined) {
      throw new ImageVersionsError(
        'invalid',
        `kind: expected one of ${Object.keys(kinds).join(', ')}, got ${JSON.stringify(options.kind)}`,
        { hint: 'Give the one that is nearest: the Dockerfile is yours to change.' },
      );
    }
    const root = rootOf(tree, options);
    const folder = projectFolder(tree, root);
    const made = kind(folder, { base: options.base || undefined, port: options.port });
    const files = filesOf(made, folder.isNew);
    if (!options.force) refuseOverwrite(tree, root, Object.keys(files));
    for (const [path, text] of Object.entries(files)) tree.write(inFolder(root, path), text);
    const { targets } = setUp(tree, {});
    const name = nameIfTaken(tree, root);
    if (made.needsWorkspace || name !== undefined) {
      const own = made.needsWorkspace ? { context: '.' } : {};
      writeProjectSettings(tree, root, { name: name ?? root, publishTarget: targets.publish, options: own });
    }
    if (!options.skipFormat) await formatFiles(tree);
    return () => {
      for (const note of made.notes) logger.warn(note);
      logger.info(`Next: git commit, then nx run-many -t ${targets.publish}`);
    };
  });
}

function filesOf(made: ContainerFiles, isNew: boolean): Record<string, string> {
  // Builders read the ignore file of a Dockerfile before that of the context, which other images share.
  const ignore = made.needsWorkspace ? 'Dockerfile.dockerignore' : '.dockerignore';
  return {
    ...(isNew ? made.program : {}),
    ...made.config,
    Dockerfile: made.dockerfile,
    [ignore]: `${made.ignore.join('\n')}\n`,
  };
}

function refuseOverwrite(tree: Tree, root: string, paths: readonly string[]): void {
  const present = paths.map((path) => inFolder(root, path)).filter((path) => tree.exists(path));
  if (present.length === 0) return;
  throw new ImageVersionsError('invalid', `There already: ${present.join(', ')}. Nothing was written`, {
    hint: 'Give --force to replace, or another folder.',
  });
}
