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

  it('hides it in the log that a bundle brings into another stage of a build, and keeps the rest of that', () => {
    const log = 'usr/local/bundle/extensions/x86_64-linux/3.1.0/x-1.0.0/gem_make.out';
    const install = (mode: string, folder: string) => `/usr/bin/install -c -m ${mode} x.so ./.gem.${folder}\n`;
    expect(isSameButNoise(log, install('0755', '20261114-16-tlsjgx'), install('0755', '20261123-7-fr9jk7'))).toBe(true);
    expect(isSameButNoise(log, install('0755', '20261114-16-tlsjgx'), install('0777', '20261114-16-tlsjgx'))).toBe(
      false,
    );
  });
});
