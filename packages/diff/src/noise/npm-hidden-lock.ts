import { isObject, type JsonObject, parseObject } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'npm-hidden-lock';

/** The lock that npm keeps inside node_modules. */
export const npmHiddenLock: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'node_modules/.package-lock.json only saves npm a walk through folders; where a package has a sum, the address that it was fetched from says nothing more.',
  example:
    'The same packages from a registry at another port; hidden. Another version or integrity of a package is not.',
  default: true,
  matches: ({ path }) => path.endsWith('node_modules/.package-lock.json'),
  normalize: (content) => {
    const json = parseObject(latin1(content));
    if (json === undefined || !isObject(json.packages)) return undefined;
    const packages = Object.entries(json.packages).map(([path, about]) => [
      path,
      isObject(about) ? withoutAddress(about) : about,
    ]);
    const parts = Object.entries(json.packages).flatMap(([path, about]) =>
      isObject(about) && typeof about.version === 'string' ? [{ name: path, value: about.version }] : [],
    );
    return normalForm(NAME, new FieldHash().add(NAME, JSON.stringify({ ...json, packages })), parts);
  },
};

function withoutAddress(about: JsonObject): JsonObject {
  if (typeof about.integrity !== 'string' || typeof about.resolved !== 'string') return about;
  return { ...about, resolved: undefined };
}
