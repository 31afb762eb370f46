import type { PackageReader } from '../layer/inspect.js';
import { isField } from './limits.js';
import { decodeText } from './lines.js';

const SPECIFICATION = /(?:^|\/)specifications\/(?:default\/)?([^/]+)\.gemspec$/;
const STUB = /^# stub: (\S+) (\S+) (\S+)/m;
const NAME = /^\s*\w+\.name\s*=\s*["']([^"']+)["']/m;
const VERSION = /^\s*\w+\.version\s*=\s*(?:Gem::Version\.new\(?\s*)?["']([^"']+)["']/m;
const FILE_NAME = /^(.+?)-(\d[^-]*)(?:-(.+))?$/;
/** The stub, the name and the version come first. */
const MAX_READ = 64 * 1024;

/** Ruby gems: RubyGems' own copies of the specifications, of default gems too. The Ruby in them is not run. */
export const gemReader: PackageReader = {
  type: 'gem',
  matches: (file) => SPECIFICATION.test(file.path),
  read(content, file) {
    const text = decodeText(content.subarray(0, MAX_READ));
    const stub = STUB.exec(text);
    const fileName = FILE_NAME.exec(SPECIFICATION.exec(file.path)?.[1] ?? '');
    const name = stub?.[1] ?? NAME.exec(text)?.[1] ?? fileName?.[1];
    const version = stub?.[2] ?? VERSION.exec(text)?.[1] ?? fileName?.[2];
    const platform = stub?.[3] ?? fileName?.[3];
    if (!isField(name) || !isField(version)) return [];
    return [{ type: 'gem', name, version, ...(platform && platform !== 'ruby' ? { architecture: platform } : {}) }];
  },
};
