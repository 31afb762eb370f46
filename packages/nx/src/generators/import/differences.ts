import { ImageVersionsError } from '../../errors.js';
import { pinOf, prefixesOf, type VersionsFile } from '../../store/versions-file.js';
import type { Matches } from './match-images.js';
import type { OldImage, VarsScript } from './parse-vars-script.js';

/** One heading, and what is to say below it. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What the import found that is not as it was, or that a person should look at. Sections with nothing in them are left out. */
export function differences(found: {
  readonly matches: Matches;
  readonly script: VarsScript | undefined;
  readonly versions: VersionsFile;
  readonly excluded: boolean;
}): Section[] {
  const { matches, script, versions, excluded } = found;
  const { matched, missing, ambiguous, unlisted } = matches;
  const images = [...matched.map(({ image }) => image), ...missing, ...ambiguous.map(({ image }) => image)];
  const fate = excluded ? 'excluded in nx.json until you take it out there' : 'published from now on';
  return [
    { title: 'Images without a Dockerfile', lines: missing.map(({ name, prefix }) => `${name} (${prefix}_VER)`) },
    {
      title: 'Images with more than one Dockerfile to choose from: set varPrefix and imageName by hand',
      lines: ambiguous.map(
        ({ image, candidates }) => `${image.name}: ${candidates.map(({ path }) => path).join(', ')}`,
      ),
    },
    { title: 'Dockerfiles without an image', lines: unlisted.map(({ path }) => `${path}: ${fate}`) },
    {
      title: 'Dockerfiles below the folder of their image: check `context` in their project.json',
      lines: matched.filter((m) => m.folder !== m.dockerfile.root).map((m) => `${m.dockerfile.path}: ${m.folder}`),
    },
    { title: 'Versions that are of no image', lines: strayPins(versions, images, script !== undefined) },
    { title: 'Versions that have to be corrected', lines: badPins(versions) },
    { title: `Lines of ${versions.name} that are kept, and mean nothing here`, lines: unknownLines(versions) },
    { title: 'Of the old script, not in the generated file', lines: script?.notCarriedOver ?? [] },
    {
      title: 'Lines of the old script that were not understood',
      lines: script?.unknown.map(({ line, text }) => `line ${line}: ${text.slice(0, 100)}`) ?? [],
    },
  ].filter(({ lines }) => lines.length > 0);
}

function strayPins(versions: VersionsFile, images: readonly OldImage[], isKnown: boolean): string[] {
  if (!isKnown) return [];
  const known = new Set(images.map(({ prefix }) => prefix));
  return prefixesOf(versions)
    .filter((prefix) => !known.has(prefix))
    .map((prefix) => `${prefix}_VER`);
}

/** One line of an image with a version that is none fails every run of that image. */
function badPins(versions: VersionsFile): string[] {
  return prefixesOf(versions).flatMap((prefix) => {
    try {
      pinOf(versions, prefix);
      return [];
    } catch (error) {
      if (error instanceof ImageVersionsError) return [error.message];
      throw error;
    }
  });
}

function unknownLines(versions: VersionsFile): string[] {
  return versions.lines.flatMap(({ text, assignments }, index) => {
    const isPlain = assignments.length > 0 || /^\s*(#.*)?$/.test(text);
    return isPlain ? [] : [`line ${index + 1}: ${text.trim().slice(0, 100)}`];
  });
}
