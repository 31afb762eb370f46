import {
  formatPlatform,
  type Image,
  type ImageSet,
  OciError,
  parsePlatform,
  selectPlatform,
} from '@image-versions/oci';
import type { CommonOptions } from './command.js';
import type { Services } from './services.js';

const NODE_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', mipsel: 'mipsle' };

/** Opens images, all at once, gives them to `use`, and closes them whatever happens. The first that fails stops the others. */
export async function withImageSets<T>(
  names: readonly string[],
  { platform, uncheckedRegistries, certificates }: CommonOptions,
  { services, signal: stopped }: { readonly services: Services; readonly signal: AbortSignal },
  use: (sets: readonly ImageSet[]) => Promise<T>,
): Promise<T> {
  const failed = new AbortController();
  const signal = AbortSignal.any([stopped, failed.signal]);
  const errors: unknown[] = [];
  const open = async (name: string): Promise<ImageSet | undefined> => {
    try {
      return await services.openImages(name, { platform, uncheckedRegistries, certificates, signal });
    } catch (error) {
      errors.push(naming(name, error));
      failed.abort();
      return undefined;
    }
  };
  const opened = (await Promise.all(names.map(open))).filter((set) => set !== undefined);
  try {
    if (errors.length > 0) throw errors[0];
    return await use(opened);
  } finally {
    await Promise.allSettled(opened.map((set) => set.close()));
  }
}

/** The image for `--platform`; else the only one, or the one for the architecture of this machine. Throws `not-found`. */
export async function openPlatform(
  set: ImageSet,
  platform: string | undefined,
  signal: AbortSignal,
  architecture: string = process.arch,
): Promise<Image> {
  const platforms = await set.readPlatforms({ signal });
  const [only, ...others] = platforms;
  if (platform === undefined && only !== undefined && others.length === 0) return set.open(only, { signal });
  const wanted = parsePlatform(platform ?? `linux/${NODE_ARCHITECTURES[architecture] ?? architecture}`);
  const found = selectPlatform(wanted, platforms);
  if (found !== undefined) return set.open(found, { signal });
  throw new OciError('not-found', `${set.name}: has no image for ${formatPlatform(wanted)}`, {
    hint: `Name one of its platforms with --platform: ${platforms.map(formatPlatform).join(', ')}.`,
  });
}

/** The error with the image's name in its message: of two images one wants to know which. */
function naming(name: string, error: unknown): unknown {
  if (!(error instanceof OciError) || error.message.includes(name)) return error;
  const { code, message, hint, facts } = error;
  return new OciError(code, `${name}: ${message}`, { hint, facts, cause: error });
}
