import { isUtf8 } from 'node:buffer';
import type { Image, ImageSet } from '@image-versions/oci';
import { DiffError } from '../errors.js';
import { analyzeImage, diffImages, isDifferent } from '../report/container-diff.js';
import type { AnalyzedImage, AnalyzeResult, DiffResult } from '../report/container-diff-shapes.js';
import { diffBlock, printResults, printResultsAsMarkdown } from '../report/container-diff-text.js';
import { unifiedDiff } from '../report/container-diff-unified.js';
import { printableLines, printJson } from '../report/printable.js';
import type { AnalyzeCommand, DiffCommand } from './command.js';
import { readImageFile } from './read-file.js';
import { openStore, readAnalyzedImage } from './read-image.js';
import type { Services } from './services.js';
import { painter, progressOn, type Terminal, wantsColor } from './terminal.js';
import { openPlatform, withImageSets } from './with-images.js';
import { writeOutput } from './write-output.js';

interface Opened {
  readonly image: Image;
  readonly analyzed: AnalyzedImage;
}

/** `image-diff analyze`; gives the exit code. */
export async function analyze(command: AnalyzeCommand, terminal: Terminal, services: Services): Promise<number> {
  const results = await withImageSets(command.images, command, { services, signal: terminal.signal }, async (sets) => {
    const [opened] = await readImages(command, sets, terminal, services);
    return opened ? analyzeImage(opened.analyzed, command.types, command.order) : [];
  });
  await writeOutput(print(command, results, terminal), command, terminal);
  return 0;
}

/** `image-diff diff`; gives the exit code. */
export async function diff(command: DiffCommand, terminal: Terminal, services: Services): Promise<number> {
  const { text, isSame } = await withImageSets(
    command.images,
    command,
    { services, signal: terminal.signal },
    async (sets) => {
      const [before, after] = await readImages(command, sets, terminal, services);
      if (!before || !after) throw new DiffError('failed', 'diff: two images were not opened');
      const results = diffImages(before.analyzed, after.analyzed, command.types, command.order);
      const file =
        command.filename === undefined ? undefined : await diffFile(command.filename, before, after, terminal.signal);
      return {
        text: printWithFile(command, results, file?.result, terminal),
        isSame: !results.some(isDifferent) && (file?.isSame ?? true),
      };
    },
  );
  await writeOutput(text, command, terminal);
  return command.exitCode && !isSame ? 1 : 0;
}

async function readImages(
  command: AnalyzeCommand | DiffCommand,
  sets: readonly ImageSet[],
  terminal: Terminal,
  services: Services,
): Promise<Opened[]> {
  const { signal } = terminal;
  const progress = progressOn(terminal, command.quiet);
  if (command.save && !command.quiet) {
    await terminal.stderr.write('image-diff: --save has nothing to save: images are read without unpacking them\n');
  }
  try {
    const openCache = command.cache ? (version: string) => services.openCache(command.cacheDir, version) : undefined;
    const store = openStore(command.types, openCache, { signal, onProgress: progress.add });
    const opened: Opened[] = [];
    for (const [at, set] of sets.entries()) {
      const image = await openPlatform(set, command.platform, signal);
      const source = sourceOf(command.images[at] ?? set.name);
      opened.push({ image, analyzed: await readAnalyzedImage(image, source, command.types, store, signal) });
    }
    return opened;
  } finally {
    await progress.done();
  }
}

/** As container-diff prints it. */
function sourceOf(name: string): string {
  return name.replace(/^(?:daemon|remote):\/\//, '');
}

interface FileDiff {
  readonly Image1: string;
  readonly Image2: string;
  readonly DiffType: 'Filename';
  readonly Diff: { readonly Filename: string; readonly Description: string; readonly Diff: string };
}

async function diffFile(
  path: string,
  before: Opened,
  after: Opened,
  signal: AbortSignal,
): Promise<{ readonly result: FileDiff; readonly isSame: boolean }> {
  const [a, b] = [before.analyzed.source, after.analyzed.source];
  const fileA = await readImageFile(before.image, before.analyzed, path, { signal });
  const fileB = await readImageFile(after.image, after.analyzed, path, { signal });
  if (fileA === undefined && fileB === undefined) {
    throw new DiffError('failed', `--filename: neither ${a} nor ${b} has ${path}`);
  }
  const isSame = fileA !== undefined && fileB !== undefined && fileA.equals(fileB);
  const owner = fileA === undefined ? b : fileB === undefined ? a : undefined;
  const Description = owner === undefined ? (isSame ? 'both are the same' : 'they differ') : `only ${owner} has it`;
  const [textA = '', textB = ''] = textsOf([fileA, fileB]);
  const Diff = unifiedDiff(a, textA, b, textB);
  return {
    result: { Image1: a, Image2: b, DiffType: 'Filename', Diff: { Filename: path, Description, Diff } },
    isSame,
  };
}

/** As UTF-8 if all are; else as Latin-1, in which each byte is a character, so that what differs is seen to differ. */
function textsOf(files: readonly (Buffer | undefined)[]): (string | undefined)[] {
  const encoding = files.every((file) => file === undefined || isUtf8(file)) ? 'utf8' : 'latin1';
  return files.map((file) => file?.toString(encoding));
}

function printWithFile(
  command: DiffCommand,
  results: readonly DiffResult[],
  file: FileDiff | undefined,
  terminal: Terminal,
): string {
  if (file === undefined) return print(command, results, terminal);
  if (command.format === 'json') return printJson([...results, file]);
  const { Filename, Description } = file.Diff;
  const Diff = printableLines(file.Diff.Diff);
  const heading = `${Filename}: ${Description}`;
  const text = command.format === 'markdown' ? `\n### ${heading}\n\n${diffBlock(Diff)}\n` : `\n${heading}\n${Diff}`;
  return `${print(command, results, terminal)}${text}`;
}

function print(
  command: AnalyzeCommand | DiffCommand,
  results: readonly (AnalyzeResult | DiffResult)[],
  { env, stdout }: Terminal,
): string {
  switch (command.format) {
    case 'json':
      return printJson(results);
    case 'markdown':
      return printResultsAsMarkdown(results);
    case 'text':
      return printResults(results, painter(wantsColor(env, stdout.isTerminal && command.output === undefined)));
  }
}
