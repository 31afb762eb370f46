import { basename } from 'node:path';
import type { OldImage } from './parse-vars-script.js';

/** A Dockerfile of the workspace. Paths are relative to it. */
export interface FoundDockerfile {
  readonly path: string;
  /** Folder of it; `.` is the workspace root. */
  readonly root: string;
  /** What its project is called. */
  readonly project: string;
}

export interface Match {
  readonly image: OldImage;
  readonly dockerfile: FoundDockerfile;
  /** The folder that the image stands for: that of the Dockerfile, or one above it. */
  readonly folder: string;
}

export interface Matches {
  readonly matched: readonly Match[];
  readonly missing: readonly OldImage[];
  readonly ambiguous: readonly { readonly image: OldImage; readonly candidates: readonly FoundDockerfile[] }[];
  /** Dockerfiles that no image has. */
  readonly unlisted: readonly FoundDockerfile[];
}

/** The folder that makes this Dockerfile the image's, or nothing. */
type Rule = (image: OldImage, dockerfile: FoundDockerfile) => string | undefined;

/** The surest first: what one leaves open is for the next. */
const rules: readonly Rule[] = [
  (image, { path, root }) => (clean(image.dockerfile) === path ? (clean(image.folder) ?? root) : undefined),
  (image, { root }) => (clean(image.folder) === root ? root : undefined),
  (image, { root }) => {
    const folder = clean(image.folder);
    return folder !== undefined && root.startsWith(`${folder}/`) ? folder : undefined;
  },
  (image, { root }) => (basename(root) === image.name ? root : undefined),
  (image, { root }) => (prefixOf(basename(root)) === image.prefix.toLowerCase() ? root : undefined),
  (image, { root, project }) => (project === image.name ? root : undefined),
  (image, { root }) => {
    const parts = root.split('/');
    const at = parts.indexOf(image.name);
    return at < 0 ? undefined : parts.slice(0, at + 1).join('/');
  },
];

/** Which Dockerfile makes which image. One has at most one of the other; where there is a choice, none is made. Pure. */
export function matchImages(images: readonly OldImage[], dockerfiles: readonly FoundDockerfile[]): Matches {
  const matched = new Map<OldImage, Match>();
  const open = new Map<OldImage, readonly FoundDockerfile[]>();
  const free = new Set(dockerfiles);
  for (const rule of rules) {
    const found = images
      .filter((image) => !matched.has(image))
      .map((image) => ({ image, candidates: [...free].filter((file) => rule(image, file) !== undefined) }));
    for (const { image, candidates } of found) {
      const [dockerfile] = candidates;
      if (dockerfile === undefined) continue;
      const isWanted = found.filter((other) => other.candidates.includes(dockerfile)).length > 1;
      if (candidates.length > 1 || isWanted) {
        if (!open.has(image)) open.set(image, candidates);
        continue;
      }
      matched.set(image, { image, dockerfile, folder: rule(image, dockerfile) ?? dockerfile.root });
      free.delete(dockerfile);
    }
  }
  const left = images.filter((image) => !matched.has(image));
  return {
    matched: images.flatMap((image) => matched.get(image) ?? []),
    missing: left.filter((image) => !open.has(image)),
    ambiguous: left.flatMap((image) => {
      const candidates = open.get(image)?.filter((file) => free.has(file)) ?? [];
      return open.has(image) ? [{ image, candidates }] : [];
    }),
    unlisted: [...free],
  };
}

function clean(path: string | undefined): string | undefined {
  return path?.replace(/^(\.\/)+/, '').replace(/\/+$/, '') || undefined;
}

function prefixOf(name: string): string {
  return name.replaceAll('-', '').toLowerCase();
}
