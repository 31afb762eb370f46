import type { HistoryEntry } from '@image-versions/oci';
import type { LayerOrigin, TreeLayer } from './tree.js';

/**
 * How each of an image's layers came to be, bottom first. A history that names another number of layers than there are says
 * nothing certain: then all are `unknown`, and rules that need an origin leave their entries alone. So is a layer that a COPY
 * or ADD before it went into without one of its own: a builder that squashes puts the last instruction's name on everything.
 */
export function layerOrigins(layerCount: number, history: readonly HistoryEntry[]): TreeLayer[] {
  const layers: TreeLayer[] = [];
  let isSquashed = false;
  for (const line of history) {
    const origin = originOf(line.createdBy ?? '');
    if (line.emptyLayer) isSquashed ||= origin === 'copy';
    else {
      layers.push({ index: layers.length, origin: isSquashed && origin === 'run' ? 'unknown' : origin, history: line });
      isSquashed = false;
    }
  }
  if (layers.length === layerCount) return layers;
  return Array.from({ length: layerCount }, (_, index) => ({ index, origin: 'unknown' }));
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
