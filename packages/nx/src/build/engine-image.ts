import type { Engine, Image, ImageSet } from '@image-versions/oci';
import { openFirst } from './open-first.js';

/** The image that an engine has under a name or ID: engines hold one platform of it. */
export async function openEngineImage(engine: Engine, reference: string): Promise<{ images: ImageSet; image: Image }> {
  const { openEngineImages } = await import('@image-versions/oci');
  const images = await openEngineImages(engine, reference);
  return { images, image: await openFirst(images) };
}
