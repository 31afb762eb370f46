import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const PATH = 'var/lib/gems/3.1.0/gems/x-1.0.0/ext/x/Makefile';
const makefile = (line: string) => `SHELL = /bin/sh\n# V=0 quiet, V=1 verbose.  other values don't work.\n${line}\n`;
const isSame = (a: string, b: string, path = PATH) => isSameButNoise(path, makefile(a), makefile(b));
const FOLDERS = [
  'sitelibdir = $(DESTDIR)./.gem.20261121-8-jca5j2',
  'sitelibdir = $(DESTDIR)./.gem.20261122-9-xa2yry',
] as const;

describe('gem-makefile', () => {
  it('hides the random folder that the gem was built in', () => {
    expect(isSame(...FOLDERS)).toBe(true);
  });

  it('keeps a flag, a folder with a chosen name, and a Makefile elsewhere', () => {
    expect(isSame('CFLAGS = -O2', 'CFLAGS = -O3')).toBe(false);
    expect(isSame('sitelibdir = ./.gem.a', 'sitelibdir = ./.gem.b')).toBe(false);
    expect(isSame(...FOLDERS, 'app/Makefile')).toBe(false);
  });
});
