import { isObject, parseObject, sortedJson } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'sprockets-manifest';
/** As Sprockets finds it (sprockets 4, lib/sprockets/manifest_utils.rb). */
export const MANIFEST = /(?:^|\/)\.sprockets-manifest-[0-9a-f]{32}\.json$/;

/** The list of the compiled assets of a Rails application. */
export const sprocketsManifest: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'Sprockets notes the times of the sources of assets, by which it deletes old ones; an asset is found by its name.',
  example:
    'Another mtime in public/assets/.sprockets-manifest-….json; hidden. Another digest, integrity or asset there is not.',
  default: true,
  matches: ({ path }) => MANIFEST.test(path),
  normalize: (content) => {
    const json = parseObject(latin1(content));
    if (json === undefined || !isObject(json.files)) return undefined;
    const files = Object.entries(json.files).map(([name, about]) => [
      name,
      isObject(about) ? { ...about, mtime: undefined } : about,
    ]);
    return normalForm(NAME, new FieldHash().add(NAME, sortedJson({ ...json, files: Object.fromEntries(files) })));
  },
};
