import type { Engine, Image, ImageSet } from '@image-versions/oci';

/** The image that an engine has under a name or ID: engines hold one platform of it. */
export async function openEngineImage(engine: Engine, reference: string): Promise<{ images: ImageSet; image: Image }> {
  const { openEngineImages, OciError } = await import('@image-versions/oci');
  const images = await openEngineImages(engine, reference);
  const [platform] = images.platforms;
  if (platform === undefined) throw new OciError('invalid', `${images.name} has no platform`);
  return { images, image: await images.open(platform) };
}
