import { pinOf, type VersionsFile } from './versions-file.js';

/** A container of the workspace, as the version files name it. */
export interface ContainerImage {
  readonly project: string;
  /** Of its shell variables; see `variablePrefix`. */
  readonly prefix: string;
  /** As published, without a tag: `ghcr.io/acme/mono/app`. */
  readonly image: string;
}

/** What `image_vars.src` knows of an image. */
export interface ImageState extends ContainerImage {
  /** The version that it stands at when it is not pinned: what `digest` was first published under. */
  readonly version: string;
  /** Of what it stands at, pinned or not. */
  readonly digest: string;
  /** The pin that was last composed, and the digest that it had; absent if it was unpinned then. */
  readonly pin?: { readonly version: string; readonly digest: string };
  /** Fresh builds asked for, by removing a pin by hand, and carried out so far. */
  readonly fresh: number;
}

/** Both version files, parsed. */
export interface VersionsState {
  readonly versions: VersionsFile;
  /** Sorted by prefix. */
  readonly images: readonly ImageState[];
}

/** An index of each list, which is never changed: a run asks for every image of a large workspace. */
const imagesByPrefix = new WeakMap<readonly ImageState[], ReadonlyMap<string, ImageState>>();

/** The state of one image; `undefined` if it was never published or pinned. */
export function imageOf({ images }: Pick<VersionsState, 'images'>, prefix: string): ImageState | undefined {
  const known = imagesByPrefix.get(images);
  if (known !== undefined) return known.get(prefix);
  const byPrefix = new Map(images.map((image) => [image.prefix, image]));
  imagesByPrefix.set(images, byPrefix);
  return byPrefix.get(prefix);
}

/** The state with this image in it, in the place of the one with its prefix. */
export function withImage(state: VersionsState, image: ImageState): VersionsState {
  const before = imageOf(state, image.prefix);
  if (before === undefined) return { ...state, images: sortImages([...state.images, image]) };
  if (JSON.stringify(stateFields(before)) === JSON.stringify(stateFields(image))) return state;
  return { ...state, images: state.images.with(state.images.indexOf(before), image) };
}

/** The images in the order of their prefixes, by UTF-16 code units. */
export function sortImages(images: readonly ImageState[]): ImageState[] {
  return [...images].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
}

/** The version that a deployment gets: the line of the versions file, else what the image stands at. */
export function standingVersion(state: VersionsState, prefix: string): string | undefined {
  return pinOf(state.versions, prefix)?.version ?? imageOf(state, prefix)?.version;
}

/** The fields of a state, in their one order. */
export function stateFields({ project, prefix, image, version, digest, pin, fresh }: ImageState): ImageState {
  return {
    project,
    prefix,
    image,
    version,
    digest,
    ...(pin && { pin: { version: pin.version, digest: pin.digest } }),
    fresh,
  };
}
