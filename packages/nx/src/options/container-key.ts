import { createHash } from 'node:crypto';

/** Names a container by its root folder, for environment variables and file names. */
export function containerKey(root: string): string {
  return uniqueName(root === '.' ? 'root' : root, root);
}

/** Letters, digits and `_`: readable, and unique by the six hex digits at its end. */
export function uniqueName(readable: string, unique: string): string {
  const hash = createHash('sha256').update(unique).digest('hex').slice(0, 6);
  return `${readable.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 100)}_${hash}`;
}
