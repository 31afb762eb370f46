import { deflateRawSync, crc32 as nodeCrc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jarReader } from './jar.js';

const crc32 = typeof nodeCrc32 === 'function' ? nodeCrc32 : () => 0;

/** A zip with these entries, every other one stored. */
function zip(entries: Readonly<Record<string, string | Uint8Array>>, claim: { size?: number } = {}): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [at, [name, value]] of Object.entries(entries).entries()) {
    const content = Buffer.from(value);
    const method = at % 2 === 0 ? 8 : 0;
    const stored = method === 8 ? deflateRawSync(content) : content;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(stored.byteLength, 14);
    fields.writeUInt32LE(claim.size ?? content.byteLength, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), stored]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.byteLength;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.byteLength, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const read = (content: Uint8Array, path = 'app/app.jar') =>
  jarReader.read(content, { path, size: content.byteLength, mode: 0o644, head: content.subarray(0, 512) });
const pom = (group: string, artifact: string, version: string) => ({
  [`META-INF/maven/${group}/${artifact}/pom.properties`]: `#Tue Jan 02\nversion=${version}\ngroupId=${group}\nartifactId=${artifact}\n`,
});

describe('a Java archive', () => {
  it('is named by its pom.properties, and a shaded one by all of them', () => {
    expect(read(zip({ ...pom('g', 'a', '1.0'), ...pom('h', 'b', '2.0-SNAPSHOT') }))).toEqual([
      { type: 'jar', name: 'g:a', version: '1.0' },
      { type: 'jar', name: 'h:b', version: '2.0-SNAPSHOT' },
    ]);
  });

  it('is named by its manifest, whose long lines go on after a space', () => {
    const manifest =
      'Manifest-Version: 1.0\r\nBundle-SymbolicName: org.exa\r\n mple.lib;singleton:=true\r\nBundle-Version: 3.1.0\r\n\r\nName: x\r\nBundle-Version: 9\r\n';
    expect(read(zip({ 'META-INF/MANIFEST.MF': manifest }))).toEqual([
      { type: 'jar', name: 'org.example.lib', version: '3.1.0' },
    ]);
  });

  it('is named by its file where nothing else says it', () => {
    expect(read(zip({ 'a.class': 'x' }), 'lib/commons-lang3-3.12.0.jar')).toEqual([
      { type: 'jar', name: 'commons-lang3', version: '3.12.0' },
    ]);
  });

  it('gives the archives in it, in a war in an ear too, but no deeper', () => {
    const library = zip(pom('g', 'lib', '1'));
    const war = zip({ 'WEB-INF/lib/lib-1.jar': library });
    expect(read(zip({ 'app.war': war }), 'app.ear')).toEqual([{ type: 'jar', name: 'g:lib', version: '1' }]);
    expect(read(zip({ 'x.ear': zip({ 'app.war': war }) }), 'app.ear')).toEqual([]);
  });

  it('is still read with a script in front of it', () => {
    expect(
      read(Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), zip(pom('g', 'a', '1'))])),
    ).toHaveLength(1);
  });

  it('that lies about sizes is not inflated past what it says', () => {
    expect(read(zip(pom('g', 'a', '1'), { size: 4 }), 'a.jar')).toEqual([]);
    expect(read(zip(pom('g', 'a', '1'), { size: 0xffffffff }), 'a.jar')).toEqual([]);
  });

  it('cut anywhere or with a byte broken neither throws nor hangs', () => {
    const whole = zip({ ...pom('g', 'a', '1.0'), 'BOOT-INF/lib/b-1.jar': zip(pom('h', 'b', '2')) });
    for (let at = 0; at < whole.byteLength; at += 1) {
      read(whole.subarray(0, at));
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      read(broken);
    }
  });
});
