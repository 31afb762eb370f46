import type { LayerEntry } from '../layer/entry.js';

/** Whether nothing differs but what content rules call noise. Symmetric; file times play no part. */
export function isSameEntry(a: LayerEntry, b: LayerEntry): boolean {
  return isSameAttributes(a, b) && (isSameContent(a, b) || isSameNormalForm(a, b));
}

/** Whether nothing differs at all. */
export function isIdenticalEntry(a: LayerEntry, b: LayerEntry): boolean {
  return isSameAttributes(a, b) && isSameContent(a, b);
}

/**
 * One line with everything that is compared of an entry. Entries of equal lines are the same; and the same entries have equal lines,
 * unless only one of two equal contents has a normal form.
 */
export function identityOf(entry: LayerEntry): string {
  const { type, uid, gid, normal, digest, linkTarget, device } = entry;
  const content = normal
    ? [normal.rule, normal.digest]
    : (digest ?? linkTarget ?? (device && [device.major, device.minor]));
  return JSON.stringify([type, modeOf(entry), uid, gid, content ?? null, xattrsOf(entry)]);
}

/** Mode as compared: of a symlink it means nothing, and archivers disagree on it. */
export function modeOf({ type, mode }: LayerEntry): number {
  return type === 'symlink' ? 0 : mode;
}

/** Extended attributes as compared, by name. */
export function xattrsOf({ xattrs = {} }: LayerEntry): [string, string][] {
  return Object.entries(xattrs).sort(([a], [b]) => (a < b ? -1 : 1));
}

function isSameAttributes(a: LayerEntry, b: LayerEntry): boolean {
  return (
    a.type === b.type &&
    modeOf(a) === modeOf(b) &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.linkTarget === b.linkTarget &&
    a.device?.major === b.device?.major &&
    a.device?.minor === b.device?.minor &&
    ((a.xattrs === undefined && b.xattrs === undefined) || JSON.stringify(xattrsOf(a)) === JSON.stringify(xattrsOf(b)))
  );
}

function isSameContent(a: LayerEntry, b: LayerEntry): boolean {
  return a.digest === b.digest;
}

function isSameNormalForm(a: LayerEntry, b: LayerEntry): boolean {
  return a.normal !== undefined && a.normal.rule === b.normal?.rule && a.normal.digest === b.normal.digest;
}
