import { java } from './java.js';
import type { Kind } from './kind.js';
import { node } from './node.js';
import { python } from './python.js';
import { ruby } from './ruby.js';
import { staticContent } from './static.js';

/** By the name in `--kind`. */
export const kinds: Readonly<Record<string, Kind>> = { node, python, java, ruby, static: staticContent };
