import { describe, expect, it } from 'vitest';
import { goReader } from './go.js';

const MAGIC = '\xff Go buildinf:';
const MARK = '0123456789abcdef';
const modules = `${MARK}path\texample.com/app\nmod\texample.com/app\t(devel)\t\ndep\tgolang.org/x/net\tv0.17.0\th1:x\ndep\tgithub.com/a/b\tv1.0.0\n=>\tgithub.com/fork/b\tv1.0.1\th1:y\nbuild\t-compiler=gc\n${MARK}`;
const expected = [
  { type: 'go', name: 'example.com/app', version: '(devel)', isMain: true },
  { type: 'go', name: 'golang.org/x/net', version: 'v0.17.0' },
  { type: 'go', name: 'github.com/fork/b', version: 'v1.0.1' },
  { type: 'go', name: 'stdlib', version: '1.21.5' },
];
const ADDRESS = 0x400000;

function varint(number: number): Buffer {
  return number < 0x80 ? Buffer.from([number]) : Buffer.from([(number & 0x7f) | 0x80, number >> 7]);
}

/** A 64-bit ELF file with one segment that is the whole file, at ADDRESS, and `content` at byte 4096. */
function elf(content: Buffer, bytes = 300 * 1024): Buffer {
  const file = Buffer.alloc(bytes);
  file.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64);
  file.writeBigUInt64LE(0n, 64 + 8);
  file.writeBigUInt64LE(BigInt(ADDRESS), 64 + 16);
  file.writeBigUInt64LE(BigInt(bytes), 64 + 32);
  content.copy(file, 4096);
  return file;
}

function inlineInfo(): Buffer {
  const head = Buffer.alloc(32);
  head.write(MAGIC, 0, 'latin1');
  head[14] = 8;
  head[15] = 2;
  return Buffer.concat([head, varint(8), Buffer.from('go1.21.5'), varint(modules.length), Buffer.from(modules)]);
}

/** The form up to Go 1.17: pointers to string headers, which are here right behind. */
function pointerInfo(): Buffer {
  const info = Buffer.alloc(64);
  info.write(MAGIC, 0, 'latin1');
  info[14] = 8;
  const at = (offset: number) => BigInt(ADDRESS + 4096 + offset);
  info.writeBigUInt64LE(at(32), 16);
  info.writeBigUInt64LE(at(48), 24);
  info.writeBigUInt64LE(at(64), 32);
  info.writeBigUInt64LE(8n, 40);
  info.writeBigUInt64LE(at(72), 48);
  info.writeBigUInt64LE(BigInt(modules.length), 56);
  return Buffer.concat([info, Buffer.from('go1.21.5'), Buffer.from(modules)]);
}

const headOf = (content: Buffer, path = 'usr/bin/app', mode = 0o755) => ({
  path,
  size: content.byteLength,
  mode,
  head: content.subarray(0, 512),
});

describe('a Go program', () => {
  it.each([
    ['of Go 1.18 and later', inlineInfo()],
    ['of Go 1.17 and before', pointerInfo()],
  ])('%s gives its modules as they were replaced, and the version of Go', (_, info) => {
    const program = elf(info);
    expect(goReader.matches(headOf(program))).toBe(true);
    expect(goReader.read(program, headOf(program))).toEqual(expected);
  });

  it('is found after a string that looks like its mark', () => {
    const program = elf(Buffer.concat([Buffer.from(`${MAGIC}\x08\x00`, 'latin1'), Buffer.alloc(48), inlineInfo()]));
    expect(goReader.read(program, headOf(program))).toEqual(expected);
  });

  it.each([
    ['a library', 'usr/lib/libx.so.1.2', 0o755, 300 * 1024],
    ['what nobody may run', 'usr/bin/app', 0o644, 300 * 1024],
    ['what is too small', 'usr/bin/app', 0o755, 8192],
  ])('is not looked for in %s', (_, path, mode, bytes) => {
    expect(goReader.matches(headOf(elf(Buffer.alloc(0), bytes), path, mode))).toBe(false);
  });

  it('with pointers and lengths out of the file is no Go program, and no error', () => {
    for (const info of [inlineInfo(), pointerInfo()]) {
      for (let at = 15; at < 72; at += 1) {
        const broken = Buffer.from(info);
        broken[at] = 0xff;
        goReader.read(elf(broken), headOf(elf(broken)));
      }
    }
  });
});
