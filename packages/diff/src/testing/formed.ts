import type { NormalForm } from '../layer/entry.js';
import { selectRules } from '../noise/index.js';

/** What the content rules make of a file: the answer of the first that has one, as when a layer is read. */
export function formed(path: string, content: string | Uint8Array, mode = 0o644): NormalForm | undefined {
  const bytes = Buffer.from(content);
  const head = { path, size: bytes.length, mode, head: bytes.subarray(0, 512) };
  for (const rule of selectRules()) {
    const form = rule.kind === 'content' && rule.matches(head) ? rule.normalize(bytes, head) : undefined;
    if (form !== undefined) return form;
  }
  return undefined;
}

/** Whether two contents of one file differ in nothing but noise, as far as the rules can tell. */
export function isSameButNoise(path: string, a: string | Uint8Array, b: string | Uint8Array): boolean {
  const [one, other] = [formed(path, a), formed(path, b)];
  if (one === undefined || other === undefined) return Buffer.from(a).equals(Buffer.from(b));
  return one.rule === other.rule && one.digest === other.digest;
}
