import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ZipFile, zipBytes } from '../testing/archive-bytes.js';
import { formed, isSameButNoise } from '../testing/formed.js';

const CLASS: ZipFile = { name: 'a/B.class', content: 'constant one, constant one, constant one' };
const TEXT: ZipFile = { name: 'a/messages.txt', content: 'hello' };
const later = (file: ZipFile): ZipFile => ({ ...file, time: 0x5930_1234 });
const isSame = (a: Uint8Array, b: Uint8Array) => isSameButNoise('app/app.jar', a, b);

describe('zip-entries hides', () => {
  it('other entry times, another order and another level of compression', () => {
    const a = zipBytes([CLASS, TEXT]);
    const b = zipBytes([later(TEXT), { ...later(CLASS), level: 1 }]);
    expect(isSame(a, b)).toBe(true);
    expect(isSame(a, zipBytes([{ ...CLASS, level: 0 }, TEXT]))).toBe(true);
  });

  it('times in extra fields', () => {
    const time = (seconds: number) => Buffer.from([0x55, 0x54, 5, 0, 1, seconds, 0, 0, 0]);
    expect(isSame(zipBytes([{ ...CLASS, extra: time(1) }]), zipBytes([{ ...CLASS, extra: time(2) }]))).toBe(true);
  });

  it('noise in a jar in a jar in a war', () => {
    const nested = (file: ZipFile) =>
      zipBytes([
        {
          name: 'WEB-INF/lib/x.jar',
          content: zipBytes([{ name: 'in/y.jar', content: zipBytes([file]), level: 0 }]),
          level: 0,
        },
      ]);
    expect(isSame(nested(CLASS), nested(later(CLASS)))).toBe(true);
  });

  it.each([
    ['a program of zipapp', 'usr/local/bin/app', '#!/usr/bin/env python3\n'],
    ['a jar that is a program', 'app/app.jar', `#!/bin/sh\n${'# init info\n'.repeat(100)}exec java -jar "$0"\n`],
  ])('noise behind the script of %s', (_, path, script) => {
    const a = zipBytes([CLASS, TEXT], '', script);
    expect(isSameButNoise(path, a, zipBytes([later(CLASS), TEXT], '', script))).toBe(true);
    expect(isSameButNoise(path, a, zipBytes([CLASS, TEXT], '', script.replace('#!', '#! ')))).toBe(false);
    expect(isSameButNoise(path, a, zipBytes([{ ...CLASS, content: 'constant two' }, TEXT], '', script))).toBe(false);
    expect(formed(path, zipBytes([CLASS, TEXT], '', script.replace('#!', '##')))).toBeUndefined();
  });
});

describe('zip-entries keeps', () => {
  it('one other byte in a class in a nested jar, and names it', () => {
    const fat = (content: string) =>
      zipBytes([{ name: 'BOOT-INF/lib/x.jar', content: zipBytes([{ ...CLASS, content }, TEXT]), level: 0 }]);
    const [a, b] = [fat('1'), fat('2')];
    expect(isSame(a, b)).toBe(false);
    const values = (bytes: Uint8Array) =>
      new Map(formed('fat.jar', bytes)?.parts?.map((part) => [part.name, part.value]));
    const before = values(a);
    const changed = [...values(b)].filter(([name, value]) => before.get(name) !== value).map(([name]) => name);
    expect(changed).toEqual(['BOOT-INF/lib/x.jar: a/B.class']);
  });

  it.each<[string, Uint8Array]>([
    ['an entry more', zipBytes([CLASS, TEXT, { name: 'c', content: '' }])],
    ['an entry under another name', zipBytes([CLASS, { ...TEXT, name: 'a/messages2.txt' }])],
    ['a mode', zipBytes([CLASS, { ...TEXT, mode: 0o100755 }])],
    ['a comment', zipBytes([CLASS, TEXT], 'signed')],
    ['an extra field that is no time', zipBytes([CLASS, { ...TEXT, extra: Buffer.from([0x75, 0x70, 1, 0, 1]) }])],
  ])('%s', (_, other) => {
    expect(isSame(zipBytes([CLASS, TEXT]), other)).toBe(false);
  });

  it('a nested jar that is compressed, which a launcher cannot open in place', () => {
    const inner = zipBytes([CLASS]);
    const fat = (level: number) => zipBytes([{ name: 'BOOT-INF/lib/x.jar', content: inner, level }]);
    expect(isSame(fat(0), fat(6))).toBe(false);
  });

  it('the order of libraries where it is the class path', () => {
    const library = (name: string): ZipFile => ({
      name: `BOOT-INF/lib/${name}.jar`,
      content: zipBytes([CLASS]),
      level: 0,
    });
    const index: ZipFile = { name: 'BOOT-INF/classpath.idx', content: '- x\n- y\n' };
    const [x, y] = [library('x'), library('y')];
    expect(isSame(zipBytes([x, y]), zipBytes([y, x]))).toBe(false);
    // The launcher reads the index only where the jar was unpacked.
    expect(isSame(zipBytes([x, y, index]), zipBytes([index, y, x]))).toBe(false);
  });

  it('the order of libraries in a war that Spring Boot’s launcher runs', () => {
    const library = (name: string): ZipFile => ({ name, content: zipBytes([CLASS]), level: 0 });
    const [x, y] = [library('WEB-INF/lib/x.jar'), library('WEB-INF/lib-provided/y.jar')];
    const launcher: ZipFile = { name: 'org/springframework/boot/loader/WarLauncher.class', content: 'launcher' };
    expect(isSame(zipBytes([launcher, x, y]), zipBytes([launcher, y, x]))).toBe(false);
    expect(isSame(zipBytes([x, y]), zipBytes([y, x]))).toBe(true);
  });

  it('the bytes of a name in another encoding', () => {
    const utf8 = zipBytes([{ name: '\u00e9\u00e9', content: 'x' }]);
    const latin1 = Buffer.from(zipBytes([{ name: 'aa', content: 'x' }]));
    for (let at = latin1.indexOf('aa'); at >= 0; at = latin1.indexOf('aa')) latin1.fill(0xe9, at, at + 2);
    expect(formed('app.zip', latin1)).toBeDefined();
    expect(isSame(utf8, latin1)).toBe(false);
  });

  it('a manifest key of a signed jar that it would hide in another', () => {
    const jar = (time: string, signature: readonly ZipFile[]) =>
      zipBytes([
        { name: 'META-INF/MANIFEST.MF', content: `Manifest-Version: 1.0\r\nBuild-Time: ${time}\r\n` },
        ...signature,
      ]);
    const signature: ZipFile = { name: 'META-INF/ACME.SF', content: 'Signature-Version: 1.0' };
    expect(isSame(jar('1', []), jar('2', []))).toBe(true);
    expect(isSame(jar('1', [signature]), jar('2', [signature]))).toBe(false);
  });

  it('noise in a signed jar, which breaks the signature', () => {
    const jar = (date: string, signature: readonly ZipFile[]) =>
      zipBytes([{ name: 'app.properties', content: `#${date}\na=1\n` }, ...signature]);
    const [monday, tuesday] = ['Mon Jan 01 10:00:00 UTC 2024', 'Tue Jan 02 10:00:00 UTC 2024'] as const;
    const signature: ZipFile = { name: 'META-INF/ACME.SF', content: 'Signature-Version: 1.0' };
    expect(isSame(jar(monday, []), jar(tuesday, []))).toBe(true);
    expect(isSame(jar(monday, [signature]), jar(tuesday, [signature]))).toBe(false);
  });
});

describe('zip-entries leaves alone', () => {
  const good = zipBytes([CLASS, TEXT]);
  const patched = (patch: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(good);
    patch(bytes);
    return bytes;
  };

  it.each<[string, Uint8Array]>([
    ['data before the first entry', Buffer.concat([Buffer.from('PK\x03\x04#!/bin/sh\n'), good])],
    ['data after the end', Buffer.concat([good, Buffer.from('x')])],
    ['a name that is there twice', zipBytes([CLASS, CLASS])],
    ['a name that is there in two spellings', zipBytes([TEXT, { ...TEXT, name: `./${TEXT.name}` }])],
    ['a file that is cut', good.subarray(0, good.length - 30)],
    ['entries that overlap', patched((bytes) => bytes.writeUInt32LE(0, bytes.lastIndexOf('PK\x01\x02') + 42))],
    ['a wrong sum', patched((bytes) => bytes.writeUInt32LE(7, 14))],
    ['a size that lies', patched((bytes) => bytes.writeUInt32LE(4, bytes.lastIndexOf('PK\x01\x02') + 24))],
    ['an encrypted entry', patched((bytes) => bytes.writeUInt16LE(1, bytes.indexOf('PK\x01\x02') + 8))],
    ['a bomb', zipBytes([{ name: 'zeros', content: Buffer.alloc(8 * 1024 * 1024) }])],
  ])('%s', (_, bytes) => {
    expect(formed('app.jar', bytes)).toBeUndefined();
  });

  it('nesting deeper than it looks, which is then compared as bytes', () => {
    const deep = (time: number) => {
      let bytes = zipBytes([{ ...CLASS, time }]);
      for (let depth = 0; depth < 8; depth++) bytes = zipBytes([{ name: 'in.zip', content: bytes, level: 0 }]);
      return bytes;
    };
    expect(isSame(deep(1), deep(1))).toBe(true);
    expect(isSame(deep(1), deep(2))).toBe(false);
  });

  it('any other content of any entry', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 50 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, by) => {
          const other = bytes.map((byte, index) => (index === at % bytes.length ? byte ^ by : byte));
          expect(isSame(zipBytes([{ name: 'x', content: bytes }]), zipBytes([{ name: 'x', content: other }]))).toBe(
            false,
          );
        },
      ),
    );
  });
});
