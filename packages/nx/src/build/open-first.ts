import type { Image, ImageSet } from '@image-versions/oci';

/** The image for the only platform that there is, or for the first of several. Error `invalid` where there is none. */
export async function openFirst(images: ImageSet, signal?: AbortSignal): Promise<Image> {
  const [platform] = await images.readPlatforms({ signal });
  if (platform !== undefined) return images.open(platform, { signal });
  const { OciError } = await import('@image-versions/oci');
  throw new OciError('invalid', `${images.name} has no platform`);
}
