import { describe, expect, it } from 'vitest';
import { arBytes } from '../testing/archive-bytes.js';
import { type ElfPart, elfBytes } from '../testing/elf-bytes.js';
import { formed, isSameButNoise } from '../testing/formed.js';

const NOTE = 7;
const SYMBOLS = 2;
const isSame = (a: Uint8Array, b: Uint8Array) => isSameButNoise('usr/local/lib/x.so', a, b);

function buildId(value: string, name = '.note.gnu.build-id'): ElfPart {
  const head = Buffer.from([4, 0, 0, 0, value.length, 0, 0, 0, 3, 0, 0, 0, 0x47, 0x4e, 0x55, 0]);
  return { name, content: Buffer.concat([head, Buffer.from(value)]), type: NOTE, isLoaded: true };
}

interface Contents {
  readonly id?: ElfPart;
  readonly text?: string;
  readonly data?: ElfPart;
  readonly debug?: string;
  readonly symbols?: string;
}

function library({ id, text = 'code', data, debug = '/tmp/pip-install-0ghpqa8y', symbols = 'main' }: Contents): Buffer {
  return elfBytes([
    id ?? buildId('a'.repeat(20)),
    { name: '.text', content: text, isLoaded: true },
    ...(data === undefined ? [] : [data]),
    { name: '.debug_line_str', content: debug },
    { name: '.symtab', content: symbols, type: SYMBOLS },
  ]);
}

describe('elf-debug-info', () => {
  it('hides debug sections, of whatever length, and the build id', () => {
    const other = library({ id: buildId('b'.repeat(20)), debug: '/tmp/a-longer-name/pip-install-xdx85otu' });
    expect(isSame(library({}), other)).toBe(true);
  });

  it.each(['usr/lib/ruby/gems/3.1.0/gems/x/x.so', 'usr/lib64/python3.11/site-packages/x.so', 'opt/app/x.so'])(
    'looks at %s',
    (path) => expect(formed(path, library({}))).toBeDefined(),
  );

  it.each(['usr/bin/x', 'lib/x86_64-linux-gnu/libc.so.6', 'usr/lib/x.so'])('leaves %s to its package', (path) => {
    expect(formed(path, library({}))).toBeUndefined();
  });

  it('hides a build id where there are no debug sections', () => {
    const stripped = (id: string) => elfBytes([buildId(id), { name: '.text', content: 'code', isLoaded: true }]);
    expect(isSame(stripped('a'.repeat(20)), stripped('b'.repeat(20)))).toBe(true);
  });

  it('hides them in an object in a static library', () => {
    const object = (path: string) =>
      elfBytes([
        { name: '.text', content: 'code' },
        { name: '.debug_str', content: path },
        { name: '.rela.debug_info', content: path, type: 4 },
      ]);
    const archive = (path: string) => arBytes([{ name: 'a.o/', content: object(path).toString('latin1') }]);
    expect(isSame(archive('/tmp/tmp.1'), archive('/tmp/tmp.22'))).toBe(true);
  });

  it.each<[string, Contents]>([
    ['a byte of code', { text: 'c0de' }],
    ['a symbol', { symbols: 'mine' }],
    ['a data section more', { data: { name: '.data', content: 'x', isLoaded: true } }],
    ['another note', { id: buildId('a'.repeat(20), '.note.other') }],
    ['a build id of another length', { id: buildId('a'.repeat(16)) }],
  ])('keeps %s', (_, contents) => {
    expect(isSame(library({}), library(contents))).toBe(false);
  });

  it('keeps a debug section that is loaded, or lies in a segment', () => {
    const loaded = (content: string) =>
      elfBytes([buildId('a'.repeat(20)), { name: '.debug_str', content, isLoaded: true }]);
    expect(isSame(loaded('one'), loaded('two'))).toBe(false);
    const covered = (content: string) =>
      elfBytes([
        { name: '.debug_str', content },
        { name: '.text', content: 'code', isLoaded: true },
      ]);
    expect(isSame(covered('one'), covered('two'))).toBe(false);
  });

  it('keeps a note by that name whose content is none', () => {
    const odd = (content: string) =>
      elfBytes([
        { name: '.note.gnu.build-id', content, type: NOTE, isLoaded: true },
        { name: '.debug_str', content: '' },
      ]);
    expect(isSame(odd('one'), odd('two'))).toBe(false);
  });

  it('keeps what lies between the sections, and after the last', () => {
    const between = (gap: string) =>
      elfBytes([
        { name: '.text', content: 'code' },
        { name: '.debug_str', content: '', gap: Buffer.from(gap) },
      ]);
    expect(isSame(between('\0\0'), between('\0\0\0\0'))).toBe(true);
    expect(isSame(between('one'), between('two'))).toBe(false);
    const followed = (tail: string) => elfBytes([buildId('a'.repeat(20))], Buffer.from(tail));
    expect(isSame(followed('script 1'), followed('script 2'))).toBe(false);
  });

  it('keeps that the debug sections were stripped', () => {
    const stripped = elfBytes([
      buildId('a'.repeat(20)),
      { name: '.text', content: 'code', isLoaded: true },
      { name: '.symtab', content: 'main', type: SYMBOLS },
    ]);
    expect(isSame(library({}), stripped)).toBe(false);
  });

  it('leaves alone sections that share bytes', () => {
    const bytes = library({});
    const [table, section] = [Number(bytes.readBigUInt64LE(40)), 64];
    const textAt = bytes.readBigUInt64LE(table + 2 * section + 24);
    bytes.writeBigUInt64LE(textAt, table + 3 * section + 24);
    expect(formed('x.so', bytes)).toBeUndefined();
  });

  it('leaves alone what is cut, or has nothing to hide', () => {
    const whole = library({});
    for (const length of [4, 16, 63, 64, 200, whole.length - 1])
      expect(formed('x.so', whole.subarray(0, length))).toBeUndefined();
    expect(formed('x.so', elfBytes([{ name: '.text', content: 'code' }]))).toBeUndefined();
  });
});
