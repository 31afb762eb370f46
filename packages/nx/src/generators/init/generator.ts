import {
  formatFiles,
  type GeneratorCallback,
  logger,
  NX_VERSION,
  type NxJsonConfiguration,
  readJson,
  readNxJson,
  type Tree,
  writeJson,
} from '@nx/devkit';
import { withHints } from '../../errors.js';
import type { NormalizedPluginOptions, PluginOptions } from '../../options/plugin-options.js';
import { VERSIONS_FILE_INTRODUCTION } from '../../store/versions-file.js';
import { forceLineEnds, ignoreGenerated } from './git-files.js';
import { withLockfileUpdates } from './lockfile-updates.js';
import { withPlugin } from './plugin-entry.js';

/** Options of the generator `init`; schema.json says what each is. */
export interface InitOptions
  extends Pick<
    PluginOptions,
    'registry' | 'builder' | 'imageName' | 'imagePrefix' | 'versionsFile' | 'varsFile' | 'exclude'
  > {
  keepLockfileUpdates?: boolean;
  skipFormat?: boolean;
}

/** Adds the plugin to a workspace; `nx add @image-versions/nx` runs it. A second run with the same options changes nothing. */
export default async function initGenerator(tree: Tree, options: InitOptions): Promise<GeneratorCallback> {
  return withHints(async () => {
    const { registry } = setUp(tree, options);
    if (!options.skipFormat) await formatFiles(tree);
    return () => {
      const place = registry === undefined ? 'OCI image layouts in .image-registry' : registry;
      logger.info(`Images go to ${place}.`);
      logger.info('Next: nx g @image-versions/nx:container <folder>, or nx run-many -t publish-image.');
    };
  });
}

/** What `init` does to the tree, for the other generators. Gives the options that the plugin then has. */
export function setUp(tree: Tree, written: InitOptions): NormalizedPluginOptions {
  const { keepLockfileUpdates, skipFormat, ...wanted } = written;
  const before = readNxJson(tree) ?? {};
  const { nxJson, options } = withPlugin(before, wanted);
  const after = keepLockfileUpdates ? nxJson : withLockfileUpdates(nxJson, NX_VERSION);
  writeNxJson(tree, before, after);
  if (!tree.exists(options.versionsFile)) tree.write(options.versionsFile, VERSIONS_FILE_INTRODUCTION);
  ignoreGenerated(tree, options);
  forceLineEnds(tree, options);
  return options;
}

/** Writes what changed alone, in the order that the file has: `before` may hold more, out of a preset that `nx.json` extends. */
function writeNxJson(tree: Tree, before: NxJsonConfiguration, after: NxJsonConfiguration): void {
  if (after === before) return;
  const written = tree.exists('nx.json') ? readJson<NxJsonConfiguration>(tree, 'nx.json') : {};
  for (const key of ['plugins', 'pluginsConfig'] as const) {
    if (after[key] !== before[key]) Object.assign(written, { [key]: after[key] });
  }
  writeJson(tree, 'nx.json', written);
}
