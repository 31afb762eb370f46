import type { Image, Platform, Repository } from '@image-versions/oci';
import { readStack } from './layer-stack.js';
import type { StageFiles } from './stage-files.js';

/** An image that others are built on or copied from. */
export interface OpenedBase {
  readonly image: Image;
  /** Where its layers are stored. */
  readonly repository: Repository;
}

/** Opens what FROM or `--from` names; `undefined` platform is the build's. */
export type OpenBase = (reference: string, platform: Platform | undefined) => Promise<OpenedBase>;

export interface Base extends OpenedBase {
  readonly reference: string;
  /** Read when first asked for. */
  files(): Promise<StageFiles>;
}

/** The bases of one build: each is opened and read once. */
export class Bases {
  readonly #open: OpenBase;
  readonly #options: { readonly cacheFolder?: string; readonly signal?: AbortSignal };
  readonly #opened = new Map<string, Promise<Base>>();

  constructor(open: OpenBase, options: { readonly cacheFolder?: string; readonly signal?: AbortSignal }) {
    this.#open = open;
    this.#options = options;
  }

  get(reference: string, platform: Platform | undefined): Promise<Base> {
    const key = JSON.stringify([reference, platform]);
    let base = this.#opened.get(key);
    if (base === undefined) {
      base = this.#openBase(reference, platform);
      this.#opened.set(key, base);
    }
    return base;
  }

  /** Every base that was asked for. */
  async opened(): Promise<Base[]> {
    return Promise.all(this.#opened.values());
  }

  async close(): Promise<void> {
    const settled = await Promise.allSettled(this.#opened.values());
    for (const result of settled) if (result.status === 'fulfilled') await result.value.image.close();
  }

  async #openBase(reference: string, platform: Platform | undefined): Promise<Base> {
    const opened = await this.#open(reference, platform);
    let files: Promise<StageFiles> | undefined;
    return {
      ...opened,
      reference,
      files: () => {
        files ??= readStack(opened.image, this.#options);
        return files;
      },
    };
  }
}
