import type { HistoryEntry } from '@image-versions/oci';
import { copiedTo, workingDirAfter } from './destinations.js';
import type { LayerOrigin, TreeLayer } from './tree.js';

/**
 * How each of an image's layers came to be, bottom first. A history that names another number of layers than there are says
 * nothing certain: then all are `unknown`, and rules that need an origin leave their entries alone. So is a layer that a COPY
 * or ADD before it went into without one of its own: a builder that squashes puts the last instruction's name on everything.
 */
export function layerOrigins(layerCount: number, history: readonly HistoryEntry[]): TreeLayer[] {
  const layers: TreeLayer[] = [];
  let isSquashed = false;
  let workingDir: string | undefined;
  for (const line of history) {
    const createdBy = line.createdBy ?? '';
    const origin = originOf(createdBy);
    workingDir = workingDirAfter(createdBy, workingDir);
    if (line.emptyLayer) isSquashed ||= origin === 'copy';
    else {
      const to = origin === 'copy' ? copiedTo(createdBy, workingDir) : undefined;
      const made = isSquashed && origin === 'run' ? 'unknown' : origin;
      layers.push({ index: layers.length, origin: made, history: line, ...(to !== undefined && { copiedTo: to }) });
      isSquashed = false;
    }
  }
  if (layers.length !== layerCount)
    return Array.from({ length: layerCount }, (_, index) => ({ index, origin: 'unknown' }));
  const [bottom, ...upper] = layers;
  return bottom && isRootFileSystem(bottom, upper) ? [{ ...bottom, origin: 'unknown' }, ...upper] : layers;
}

/**
 * Whether a Dockerfile begins with a whole system, as those of distributions do: something to unpack at the root that other layers
 * lie on, or files for it in which later commands run; or with all of another stage, which makes one layer of its many. Logs and
 * caches in it are as those of an imported one.
 */
function isRootFileSystem(bottom: TreeLayer, upper: readonly TreeLayer[]): boolean {
  if (bottom.origin !== 'copy' || bottom.copiedTo !== '') return false;
  const createdBy = bottom.history?.createdBy?.trim() ?? '';
  if (/^COPY (?:--\S+ )*\/ \/(?: #.*)?$/.test(createdBy)) return true;
  const isAdded = /(?:#\(nop\)\s+|^)ADD\s/.test(createdBy);
  return isAdded ? upper.length > 0 : upper.some(({ origin }) => origin === 'run');
}

/**
 * What one line of history says: the classic builder's `/bin/sh -c #(nop) COPY file:…` and `/bin/sh -c command`, BuildKit's
 * `COPY … # buildkit` and `RUN /bin/sh -c command # buildkit`, and either with build arguments, `|2 A=1 B=2 /bin/sh -c …`.
 * WORKDIR counts as RUN: it makes a directory. All else (`bazel build …`, an import, nothing) is `unknown`.
 */
export function originOf(createdBy: string): LayerOrigin {
  const line = createdBy.trim();
  const word = /^(?:\S+ ){0,8}#\(nop\)\s+([A-Z]+)\b/.exec(line)?.[1] ?? /^([A-Z]+)\s/.exec(line)?.[1];
  if (word === 'COPY' || word === 'ADD') return 'copy';
  if (word === 'RUN' || word === 'WORKDIR') return 'run';
  return word === undefined && isShellCommand(line) ? 'run' : 'unknown';
}

/** A shell by its path with options up to `-c`: `/bin/sh -c`, `/bin/bash -eo pipefail -c`. */
const SHELL = String.raw`/(?:\S+/)?(?:ba|da|a|z|k)?sh (?:-\S+ |pipefail )*-\w*c `;
const WINDOWS_SHELL = String.raw`(?:cmd(?:\.exe)? /S /C|(?:powershell|pwsh)(?:\.exe)? -\S+) `;
const COMMAND = new RegExp(`^(?:\\|\\d+ .*? )?(?:${SHELL}|${WINDOWS_SHELL})`, 's');

function isShellCommand(line: string): boolean {
  return COMMAND.test(`${line} `);
}

/** What a line of history that is of a RUN ran, without the shell and the build arguments before it. */
export function commandOf(createdBy: string): string {
  return createdBy
    .trim()
    .replace(/^RUN\s+/, '')
    .replace(/\s# buildkit$/, '')
    .replace(COMMAND, '');
}
