import type { LayerEntry } from './entry.js';
import { type Kept, PageStore } from './page-store.js';

/** One of the images that are read at the same time. */
export type Side = 'before' | 'after';

/** A file of one image that waits for the other image's file of its path. */
export interface WaitingFile {
  /** Of whichever image was read first. */
  readonly side: Side;
  readonly entry: LayerEntry;
  /** Gives `entry` its normal form, by its content. */
  readonly inspect: (bytes: Uint8Array) => void;
}

/** Of all contents that wait. */
const ROOM_BYTES = 8 * 1024 * 1024;
/** Of the contents of one image that wait, from which on it lets the other catch up. */
const LEAD_BYTES = ROOM_BYTES / 2;
/**
 * How long it lets it; then the two are read in different orders, or one much slower, such as an engine that says nothing for the
 * first half of its export, and none waits any more.
 */
const PATIENCE_MS = 250;

/**
 * Files of two images that are read at the same time and of which it is not known yet whether the other has them, too: nearly all
 * files of an image built again are, byte for byte, those of the image before, and what is equal needs no normal form.
 */
export class Counterparts {
  readonly #waiting = new Map<string, WaitingFile & { readonly kept: Kept }>();
  readonly #contents = new PageStore(ROOM_BYTES);
  readonly #leadBytes = { before: 0, after: 0 };
  readonly #isRead = { before: false, after: false };
  #isPatient = true;
  readonly #held: (() => void)[] = [];

  /** Settles when the other image has caught up; `undefined` where this one need not wait for it. */
  catchUp(side: Side): Promise<void> | undefined {
    if (!this.#mustWait(side)) return undefined;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#isPatient = false;
        this.#release();
      }, PATIENCE_MS);
      this.#held.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** `false` where there is no room, or nothing to wait for. Else `file` is called, once. Nothing may wait under its path. */
  wait(path: string, bytes: Uint8Array, side: Side, file: () => WaitingFile): boolean {
    const kept = this.#isRead[otherOf(side)] ? undefined : this.#contents.put(bytes);
    if (kept === undefined) return false;
    this.#leadBytes[side] += kept.length;
    this.#waiting.set(path, { ...file(), kept });
    return true;
  }

  /** The file that waits under this path waits no more, and is inspected unless `isCounterpart` says that it need not be. */
  meet(path: string, isCounterpart: (file: WaitingFile) => boolean): void {
    const file = this.#waiting.get(path);
    if (file === undefined) return;
    this.#waiting.delete(path);
    if (!isCounterpart(file)) file.inspect(this.#contents.get(file.kept));
    this.#contents.drop(file.kept);
    this.#leadBytes[file.side] -= file.kept.length;
    if (!this.#mustWait(file.side)) this.#release();
  }

  /** All of one image has been read. When both have, what still waits has no counterpart. */
  end(side: Side): void {
    this.#isRead[side] = true;
    this.#release();
    if (!this.#isRead[otherOf(side)]) return;
    for (const path of [...this.#waiting.keys()]) this.meet(path, () => false);
  }

  #mustWait(side: Side): boolean {
    return this.#isPatient && !this.#isRead[otherOf(side)] && this.#leadBytes[side] > LEAD_BYTES;
  }

  #release(): void {
    for (const go of this.#held.splice(0)) go();
  }
}

function otherOf(side: Side): Side {
  return side === 'before' ? 'after' : 'before';
}
