import type { PackageFact } from '../layer/entry.js';
import type { PackageReader } from '../layer/inspect.js';
import { isField, MAX_FILES, MAX_PACKAGES } from './limits.js';
import { decodeText, linesOf } from './lines.js';

interface Stanza {
  name?: string;
  version?: string;
  architecture?: string;
  sizeBytes?: number;
  files: string[];
}

/** Alpine's packages: `lib/apk/db/installed`, below `usr` from apk 3 on. Names of fields are single letters (apk-package(5)). */
export const apkReader: PackageReader = {
  type: 'apk',
  matches: (file) => /^(?:usr\/)?lib\/apk\/db\/installed$/.test(file.path),
  read(content) {
    const packages: PackageFact[] = [];
    let stanza: Stanza = { files: [] };
    let folder = '';
    let files = 0;
    const finish = () => {
      const { name, version, ...rest } = stanza;
      if (isField(name) && isField(version) && packages.length < MAX_PACKAGES) {
        packages.push({ type: 'apk', name, version, ...rest });
      }
      stanza = { files: [] };
      folder = '';
    };
    for (const line of linesOf(decodeText(content))) {
      if (line === '') {
        finish();
        continue;
      }
      if (line[1] !== ':') continue;
      const value = line.slice(2);
      if (line[0] === 'P') stanza.name = value;
      else if (line[0] === 'V') stanza.version = value;
      else if (line[0] === 'A' && isField(value)) stanza.architecture = value;
      else if (line[0] === 'I' && /^\d{1,15}$/.test(value)) stanza.sizeBytes = Number(value);
      else if (line[0] === 'F') folder = value;
      else if (line[0] === 'R' && files < MAX_FILES) {
        stanza.files.push(folder === '' ? value : `${folder}/${value}`);
        files += 1;
      }
    }
    finish();
    return packages;
  },
};
