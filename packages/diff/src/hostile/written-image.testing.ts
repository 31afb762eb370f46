import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type TarLiteral, writeTar } from '@image-versions/oci/testing';

/** Pieces of a layer's tar; all together are one. Too large to be held, they are made when asked for. */
export type Pieces = () => Iterable<Uint8Array>;

const CONFIG_BYTES = 512;

/** Pieces of a tar with these entries. */
export function* tarOf(entries: Iterable<TarLiteral>): Generator<Uint8Array> {
  let batch: TarLiteral[] = [];
  for (const entry of entries) {
    batch.push(entry);
    if (batch.length < 200) continue;
    yield writeTar(batch, { end: false });
    batch = [];
  }
  yield writeTar(batch);
}

/** An archive as `docker save` writes it, of one layer that is compressed by gzip (level 1), written to `path`. */
export async function writeImage(path: string, pieces: Pieces): Promise<void> {
  const layerPath = `${path}.layer`;
  const hash = createHash('sha256');
  function* hashed() {
    for (const piece of pieces()) {
      hash.update(piece);
      yield piece;
    }
  }
  await pipeline(Readable.from(hashed()), createGzip({ level: 1 }), createWriteStream(layerPath));
  const config = JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [`sha256:${hash.digest('hex')}`] },
    history: [{ created_by: 'COPY . /srv # buildkit' }],
  }).padEnd(CONFIG_BYTES);
  const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: ['app:1'], Layers: ['l.tar.gz'] }]);
  const layer = await open(layerPath);
  try {
    const { size } = await layer.stat();
    const header = writeTar([{ path: 'l.tar.gz', raw: { size: `${size.toString(8).padStart(11, '0')}\0` } }], {
      end: false,
    });
    const documents = writeTar([
      { path: 'c.json', content: config },
      { path: 'manifest.json', content: manifest },
    ]);
    async function* archive() {
      yield header;
      for await (const chunk of layer.createReadStream({ autoClose: false })) yield chunk as Uint8Array;
      yield Buffer.alloc((512 - (size % 512)) % 512);
      yield documents;
    }
    await pipeline(Readable.from(archive()), createWriteStream(path));
  } finally {
    await layer.close();
  }
}
