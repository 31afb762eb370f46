import { describe, expect, it } from 'vitest';
import { sha256Digest } from '../content/digest.js';
import { parseImageConfig } from '../model/image-config.js';
import { assertSameLayers, parseIndex, parseManifest } from '../model/manifest.js';
import { buildImage, buildIndex, type ImageLiteral } from './image-builder.js';
import { memoryImage } from './memory-image.js';

const literal: ImageLiteral = {
  layers: [[{ path: 'a', content: '1' }], { files: [{ path: 'b' }], compression: 'none', createdBy: 'RUN touch b' }],
  config: { Env: ['A=1'] },
};

describe('buildImage', () => {
  it('makes what the parsers accept', () => {
    const image = buildImage(literal);
    const manifest = parseManifest(image.manifest.bytes);
    const config = parseImageConfig(image.config.bytes);
    assertSameLayers(manifest, config, 'built');
    expect(manifest.config.digest).toBe(sha256Digest(image.config.bytes));
    expect(config.diffIds).toEqual(image.layers.map((layer) => sha256Digest(layer.tar)));
    expect(config).toMatchObject({ run: { env: ['A=1'] }, history: [{}, { createdBy: 'RUN touch b' }] });
  });

  it('gives the same digests for the same literal, and others for another', () => {
    const digest = (image: ImageLiteral) => buildImage(image).manifest.descriptor.digest;
    expect(digest(literal)).toBe(digest({ ...literal }));
    expect(digest(literal)).not.toBe(digest({ ...literal, config: {} }));
  });

  it('makes an index over platforms', () => {
    const arm = buildImage({ ...literal, platform: { os: 'linux', architecture: 'arm64' } });
    const index = parseIndex(buildIndex([buildImage(literal), arm]).bytes);
    expect(index.manifests.map((entry) => entry.platform?.architecture)).toEqual(['amd64', 'arm64']);
  });
});

describe('memoryImage', () => {
  it('reads the layers that are asked for, and says which', async () => {
    const image = memoryImage(literal);
    const wanted = image.config.diffIds.slice(1);
    const sizes = await image.readLayers(new Set(wanted), async (tar) => {
      let size = 0;
      for await (const chunk of tar) size += chunk.byteLength;
      return size;
    });
    expect([...sizes]).toEqual([[wanted[0], 1536]]);
    expect(image.layersRead).toEqual(wanted);
  });
});
