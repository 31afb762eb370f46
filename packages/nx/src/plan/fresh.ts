import type { ImageState } from '../store/state.js';
import { pinOf, type VersionsFile } from '../store/versions-file.js';

/** What of the version files is part of an image's task hash: not which version it is pinned at. */
export interface PinFile {
  readonly held: boolean;
  /** Fresh builds asked for so far; above the state's count, one is due. */
  readonly fresh: number;
}

/**
 * Whether the image is held, and the fresh builds asked for: one more than carried out, where the state has a pin and
 * the versions file no longer does, since then a person removed it.
 */
export function pinFile(state: ImageState | undefined, versions: VersionsFile, prefix: string): PinFile {
  const pin = pinOf(versions, prefix);
  const removedByHand = state?.pin !== undefined && pin === undefined;
  return { held: pin?.kind === 'hold', fresh: (state?.fresh ?? 0) + (removedByHand ? 1 : 0) };
}

/** The file that the `pins` task writes for one image. */
export function pinFileContent(state: ImageState | undefined, versions: VersionsFile, prefix: string): string {
  return `${JSON.stringify(pinFile(state, versions, prefix))}\n`;
}

/** The inverse of `pinFileContent`; `undefined` if the text is something else. */
export function parsePinFile(text: string): PinFile | undefined {
  const match = /^\{"held":(true|false),"fresh":(\d{1,15})\}\n?$/.exec(text);
  return match === null ? undefined : { held: match[1] === 'true', fresh: Number(match[2]) };
}
