import { describe, expect, it } from 'vitest';
import { layerFormat } from './media-types.js';

describe('layerFormat', () => {
  it.each([
    ['application/vnd.oci.image.layer.v1.tar', 'none', true],
    ['application/vnd.oci.image.layer.v1.tar+gzip', 'gzip', true],
    ['application/vnd.oci.image.layer.v1.tar+zstd', 'zstd', true],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', 'gzip', false],
    ['application/vnd.docker.image.rootfs.diff.tar', 'none', true],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'gzip', true],
    ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'zstd', true],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'gzip', false],
  ])('reads %s', (mediaType, compression, distributable) => {
    expect(layerFormat(mediaType)).toEqual({ compression, distributable });
  });

  it('says that an encrypted layer is unsupported', () => {
    expect(() => layerFormat('application/vnd.oci.image.layer.v1.tar+gzip+encrypted', 'layer 1')).toThrowError(
      expect.objectContaining({
        code: 'unsupported',
        message: expect.stringContaining('layer 1: the layer is encrypted'),
      }),
    );
  });

  it('says that something else is no image layer', () => {
    expect(() => layerFormat('application/vnd.cncf.helm.chart.content.v1.tar+gzip')).toThrowError(
      expect.objectContaining({ code: 'unsupported', hint: expect.stringContaining('artifact') }),
    );
  });
});
