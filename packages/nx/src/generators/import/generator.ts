import { dirname } from 'node:path';
import { formatFiles, type GeneratorCallback, getProjects, logger, readNxJson, type Tree } from '@nx/devkit';
import { ImageVersionsError, withHints } from '../../errors.js';
import { variablePrefix } from '../../store/prefix.js';
import { parseVersionsFile, prefixesOf } from '../../store/versions-file.js';
import { type InitOptions, setUp } from '../init/generator.js';
import { pluginOptionsIn } from '../init/plugin-entry.js';
import { writeProjectSettings } from '../project-file.js';
import { readText } from '../tree-text.js';
import { differences, type Section } from './differences.js';
import { findOldFiles, oldName } from './find-files.js';
import { imageNames } from './image-names.js';
import { type Match, type Matches, matchImages } from './match-images.js';
import { parseVarsScript } from './parse-vars-script.js';

/** Options of the generator `import`; schema.json says what each is. */
export interface ImportOptions extends Pick<InitOptions, 'registry' | 'builder' | 'skipFormat'> {
  versionsFile?: string;
  varsFile?: string;
  unlisted?: 'exclude' | 'include';
}

/**
 * Adopts a workspace that had a versions file and a vars script: the pins stay byte for byte, prefixes and names of images become options,
 * the old script is moved aside. It is read as text and never run. What differs is listed, also by `--dry-run`.
 */
export default async function importGenerator(tree: Tree, options: ImportOptions): Promise<GeneratorCallback> {
  return withHints(async () => {
    const old = findOldFiles(tree, options);
    if (old.versionsFile === undefined && old.varsScript === undefined) {
      throw new ImageVersionsError('invalid', 'There is no image_versions.src and no image_vars.src to import', {
        hint: 'Name them by --versionsFile and --varsFile; in a new workspace run nx g @image-versions/nx:init.',
      });
    }
    const versionsFile = old.versionsFile ?? beside(old.varsScript?.target ?? '', 'image_versions.src');
    const versions = parseVersionsFile(readText(tree, versionsFile), versionsFile);
    const script = old.varsScript && parseVarsScript(readText(tree, old.varsScript.path));
    // Without the script, only the versions file says what images there are: the pinned ones.
    const images = script?.images ?? prefixesOf(versions).map((prefix) => ({ name: prefix, prefix }));
    const matches = matchImages(images, old.dockerfiles);
    const excluded = script !== undefined && options.unlisted !== 'include';

    if (old.varsScript?.path === old.varsScript?.target && old.varsScript) {
      tree.rename(old.varsScript.path, oldName(old.varsScript.path));
    }
    adopt(tree, matches, {
      registry: options.registry,
      builder: options.builder,
      versionsFile,
      varsFile: old.varsScript?.target,
      exclude: excluded ? matches.unlisted.map(({ path }) => path) : [],
    });
    report(matches, differences({ matches, script, versions, excluded }));
    if (!options.skipFormat) await formatFiles(tree);
    return () => logger.info('Next: git commit, then nx run-many -t publish-image, which writes the new vars file.');
  });
}

function adopt(tree: Tree, { matched }: Matches, written: InitOptions): void {
  const projects = new Map(matched.map((match) => [match, projectOf(tree, match)]));
  const names = imageNames(
    matched.map((match) => ({ project: projects.get(match) ?? '', published: match.image.published })),
  );
  const before = pluginOptionsIn(readNxJson(tree) ?? {})?.exclude ?? [];
  const options = setUp(tree, {
    ...written,
    registry: written.registry || names.registry,
    imageName: names.imageName,
    exclude: [...new Set([...before, ...(written.exclude ?? [])])],
  });
  for (const [{ image, dockerfile, folder }, name] of projects) {
    const imageName = names.own.get(name);
    const settings = {
      ...(imageName === undefined ? {} : { imageName }),
      ...(variablePrefix(name) === image.prefix ? {} : { varPrefix: image.prefix }),
      ...(folder === dockerfile.root ? {} : { context: folder }),
    };
    if (Object.keys(settings).length === 0) continue;
    writeProjectSettings(tree, dockerfile.root, { name, publishTarget: options.targets.publish, options: settings });
  }
}

/** A Dockerfile below the folder of its image makes a project of its own, which is called after the image. */
function projectOf(tree: Tree, { image, dockerfile, folder }: Match): string {
  if (folder === dockerfile.root) return dockerfile.project;
  const holder = getProjects(tree).get(image.name);
  return holder === undefined || holder.root === dockerfile.root ? image.name : `${image.name}-image`;
}

function beside(path: string, name: string): string {
  return dirname(path) === '.' ? name : `${dirname(path)}/${name}`;
}

function report({ matched }: Matches, sections: readonly Section[]): void {
  logger.info(`Images taken over: ${matched.length}`);
  for (const { image, dockerfile } of matched) {
    logger.info(`  ${image.published ?? image.name} (${image.prefix}_VER) from ${dockerfile.path}`);
  }
  for (const { title, lines } of sections) logger.warn([`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n'));
}
