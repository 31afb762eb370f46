import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** DOS time and date as one number. */
  readonly time?: number;
  /** Deflate level; 0 stores. */
  readonly level?: number;
  /** Unix mode with the file type; the entry then says that it is from Unix. */
  readonly mode?: number;
  readonly extra?: Uint8Array;
}

/** A zip archive of these entries, in their order, after `script`. */
export function zipBytes(files: readonly ZipFile[], comment = '', script = ''): Buffer {
  const locals: Buffer[] = [Buffer.from(script)];
  const directory: Buffer[] = [];
  let offset = Buffer.byteLength(script);
  for (const { name, content, time = 0x5821_0000, level = 6, mode, extra = new Uint8Array(0) } of files) {
    const bytes = Buffer.from(content);
    const packed = level === 0 ? bytes : deflateRawSync(bytes, { level });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(level === 0 ? 0 : 8, 4);
    common.writeUInt32LE(time, 6);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    common.writeUInt16LE(extra.length, 24);
    const tail = Buffer.alloc(14);
    if (mode !== undefined) tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), extra, packed]);
    locals.push(local);
    directory.push(
      Buffer.concat([
        Buffer.from([0x50, 0x4b, 1, 2, 20, mode === undefined ? 0 : 3]),
        common,
        tail,
        Buffer.from(name),
        extra,
      ]),
    );
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...locals, central, end, Buffer.from(comment)]);
}

export interface TarFile {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly mtime?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly type?: string;
  readonly link?: string;
}

/** A tar archive of these members, in their order, with `ustar` headers. */
export function tarBytes(files: readonly TarFile[]): Buffer {
  const blocks = files.map(({ name, content = '', mtime = 0, mode = 0o644, uid = 0, type = '0', link = '' }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    const octal = (value: number, at: number, length: number) =>
      header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
    octal(mode, 100, 8);
    octal(uid, 108, 8);
    octal(0, 116, 8);
    octal(bytes.length, 124, 12);
    octal(mtime, 136, 12);
    header.write(type, 156);
    header.write(link, 157);
    header.write('ustar\x0000', 257, 'latin1');
    header.fill(0x20, 148, 156);
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      148,
      7,
    );
    return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** An ar archive of these members, in their order. */
export function arBytes(
  files: readonly { readonly name: string; readonly content: string; readonly mtime?: number; readonly uid?: number }[],
): Buffer {
  const members = files.map(({ name, content, mtime = 0, uid = 0 }) => {
    const fields = [
      name.padEnd(16),
      String(mtime).padEnd(12),
      String(uid).padEnd(6),
      '0     ',
      '100644  ',
      String(content.length).padEnd(10),
    ];
    return `${fields.join('')}\`\n${content}${content.length % 2 === 1 ? '\n' : ''}`;
  });
  return Buffer.from(`!<arch>\n${members.join('')}`, 'latin1');
}
