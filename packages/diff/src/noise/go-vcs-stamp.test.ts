import { describe, expect, it } from 'vitest';
import { type ElfPart, elfBytes } from '../testing/elf-bytes.js';
import { formed } from '../testing/formed.js';

const MARK = '0123456789abcdef';
const [FIRST, SECOND] = ['d2021fee184ffcb7f09c645f02c770025fa6ad77', '0a01ec460c493052259c281c71a9d702a9c2349d'];

interface Program {
  readonly revision?: string;
  readonly time?: string;
  readonly version?: string;
  readonly flags?: string;
  readonly text?: string;
  /** How often the program has the text of the build information besides the section for it. */
  readonly copies?: number;
  readonly buildId?: string;
  readonly gnuId?: string;
}

const pseudoVersion = (revision: string, digits = '20261123112436') => `v0.0.0-${digits}-${revision.slice(0, 12)}`;
const sums = (letter: string) => [1, 2, 3, 4].map(() => letter.repeat(20)).join('/');

/** As Go's linker lays it out: the text of the build information stands in a section of its own, and in the program's data. */
function program({
  revision = FIRST,
  time = '2026-11-23T11:24:36Z',
  version = pseudoVersion(revision),
  flags = '',
  text = 'code',
  copies = 1,
  buildId = sums('a'),
  gnuId = 'g'.repeat(20),
}: Program): Buffer {
  const vcs = revision === '' ? '' : `build\tvcs=git\nbuild\tvcs.revision=${revision}\nbuild\tvcs.time=${time}\n`;
  const modules = `${MARK}path\texample.com/app\nmod\texample.com/app\t${version}\t\nbuild\t-ldflags="${flags}"\n${vcs}${MARK}`;
  const length = Buffer.from([(modules.length & 0x7f) | 0x80, modules.length >> 7]);
  const info = Buffer.alloc(32);
  info.write('\xff Go buildinf:', 'latin1');
  info.set([8, 2], 14);
  const note = (type: number, name: string, value: string): Buffer =>
    Buffer.concat([
      Buffer.from([4, 0, 0, 0, value.length, 0, 0, 0, type, 0, 0, 0]),
      Buffer.from(name),
      Buffer.from(value),
    ]);
  const data: ElfPart = { name: '.rodata', content: `data${modules.repeat(copies)}more`, isLoaded: true };
  return elfBytes([
    { name: '.note.go.buildid', content: note(4, 'Go\0\0', `${buildId}\0`), type: 7, isLoaded: true },
    { name: '.note.gnu.build-id', content: note(3, 'GNU\0', gnuId), type: 7, isLoaded: true },
    // The text of the build information is looked for at multiples of 16.
    { name: '.text', content: text.padEnd(300 * 1024 + ((16 - ((64 + 56 + 100 + 36) % 16)) % 16)), isLoaded: true },
    {
      name: '.go.buildinfo',
      content: Buffer.concat([info, Buffer.from([8]), Buffer.from('go1.26.8'), length, Buffer.from(modules)]),
      isLoaded: true,
    },
    data,
  ]);
}

const formOf = (one: Program, mode = 0o755) => formed('app/server', program(one), mode);
const isSame = (a: Program, b: Program) => formOf(a)?.digest === formOf(b)?.digest;

describe('go-vcs-stamp', () => {
  it('hides the commit, its time, the version made of both, and the build ids', () => {
    const other = {
      revision: SECOND,
      time: '2026-11-24T01:02:03Z',
      version: pseudoVersion(SECOND, '20261124010203'),
      buildId: sums('b'),
      gnuId: 'h'.repeat(20),
    };
    expect(formOf({})?.rule).toBe('go-vcs-stamp');
    expect(isSame({}, other)).toBe(true);
  });

  it.each<[string, Program, Program]>([
    ['code', {}, { text: 'other' }],
    ['a version by a tag', { version: 'v1.2.3' }, { version: 'v1.2.4' }],
    ['a version of another commit', { version: pseudoVersion(SECOND) }, { version: pseudoVersion('b'.repeat(40)) }],
    ['what -ldflags sets', { flags: '-X main.version=1' }, { flags: '-X main.version=2' }],
    ['a build id that is none', { buildId: sums('a') }, { buildId: 'machine code here' }],
    ['whether there is a stamp', {}, { revision: '' }],
  ])('does not hide %s', (_, a, b) => {
    expect(isSame(a, b)).toBe(false);
    expect(isSame(a, a)).toBe(true);
  });

  it('leaves programs without a stamp, and what is no program, to others', () => {
    expect(formOf({ revision: '' })?.rule).toBe('elf-debug-info');
    expect(formOf({}, 0o644)?.rule).toBe('elf-debug-info');
    expect(formOf({ copies: 8 })?.rule).toBe('elf-debug-info');
  });
});
