import type { HistoryEntry } from '../model/image.js';
import type { EngineHistoryEntry } from './engine.js';

/**
 * An engine's history with the layers told from the rest, as an image's config has it. An engine says only how large each step
 * is, and a layer may be of size 0: a folder made, a file deleted. So sizes, instructions and the number of layers are taken
 * together, and where they leave it open `layersOf` is asked for the images of single steps (the classic builder keeps those).
 * `undefined` where it is still open: then the config itself must be read. Times are in whole seconds.
 */
export async function resolveHistory(
  entries: readonly EngineHistoryEntry[],
  layers: number,
  layersOf: (imageId: string) => Promise<number | undefined>,
): Promise<HistoryEntry[] | undefined> {
  const made = resolveSegment(entries, layers) ?? (await resolveByImages(entries, layers, layersOf));
  return made && entries.map((entry, index) => historyEntry(entry, made[index] === true));
}

async function resolveByImages(
  entries: readonly EngineHistoryEntry[],
  layers: number,
  layersOf: (imageId: string) => Promise<number | undefined>,
): Promise<boolean[] | undefined> {
  const made: boolean[] = [];
  let below = 0;
  for (const [index, entry] of entries.entries()) {
    const last = index === entries.length - 1;
    const upTo = last ? layers : entry.id && (await layersOf(entry.id));
    if (upTo === undefined) continue;
    const segment = resolveSegment(entries.slice(made.length, index + 1), upTo - below);
    if (segment === undefined) return undefined;
    made.push(...segment);
    below = upTo;
  }
  return below === layers ? made : undefined;
}

/** Which steps made a layer, if only one answer fits the number of layers. */
function resolveSegment(entries: readonly EngineHistoryEntry[], layers: number): boolean[] | undefined {
  const guesses = entries.map(madeLayer);
  const open = guesses.filter((guess) => guess === undefined).length;
  const needed = layers - guesses.filter((guess) => guess === true).length;
  if (needed !== 0 && needed !== open) return undefined;
  return guesses.map((guess) => guess ?? needed > 0);
}

function madeLayer({ sizeBytes, createdBy, comment }: EngineHistoryEntry): boolean | undefined {
  if (sizeBytes > 0) return true;
  const buildKit = comment.startsWith('buildkit.');
  const [, instruction] = (buildKit ? /^([A-Z]+)\b/ : /#\(nop\)\s+([A-Z]+)\b/).exec(createdBy) ?? [];
  if (instruction === undefined || instruction === 'WORKDIR') return undefined;
  if (instruction === 'COPY' || instruction === 'ADD' || instruction === 'RUN') return buildKit ? true : undefined;
  return false;
}

function historyEntry({ created, createdBy, comment }: EngineHistoryEntry, layer: boolean): HistoryEntry {
  return { created, ...(createdBy && { createdBy }), ...(comment && { comment }), emptyLayer: !layer };
}
