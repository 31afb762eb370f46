import type { Digest } from '@image-versions/oci';
import type { LayerEntry } from '../layer/entry.js';
import type { JudgedTree } from './apply-rules.js';
import type { Difference } from './differences.js';

/** There is no answer without the normal forms of these contents. */
export interface MissingForms {
  readonly missingForms: ReadonlySet<Digest>;
}

/**
 * Contents of plain files whose normal forms could make two files the same, or tell what differs in them. Rules for paths look at
 * normal forms only to drop more, and what is the same without them is so with them.
 */
export function missingFormsOf(
  counted: readonly Difference[],
  judged: readonly [JudgedTree, JudgedTree],
): ReadonlySet<Digest> {
  const missing = new Set<Digest>();
  const note = (entries: readonly (LayerEntry | undefined)[]) => {
    for (const entry of entries) if (entry?.isPlain && entry.digest !== undefined) missing.add(entry.digest);
  };
  for (const { path, ...sides } of counted) {
    const [a, b] = [sides.before ?? judged[0].tree.get(path), sides.after ?? judged[1].tree.get(path)];
    if (a && b && mayHaveForm(a) && mayHaveForm(b)) note([a, b]);
    for (const { judgements } of judged) {
      const name = judgements.get(path)?.name;
      if (name !== undefined) note(judged.flatMap(({ kept }) => kept(name)));
    }
  }
  return missing;
}

function mayHaveForm({ normal, isPlain }: LayerEntry): boolean {
  return normal !== undefined || isPlain === true;
}
