import type { Platform } from '../content/descriptor.js';
import { OciError } from '../errors.js';

const ARCHITECTURES: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  i386: ['386'],
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

/** The variant that a name without one means. */
const DEFAULT_VARIANT: Readonly<Record<string, string>> = { amd64: 'v1', arm: 'v7', arm64: 'v8' };

/**
 * Reads `os/architecture[/variant]`, normalised: `linux/aarch64` is `linux/arm64`. Throws `invalid`.
 * A lone word is refused, since it could be either.
 */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.split('/');
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])];
  if (rest.length > 0 || !parts.every((part) => part !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(part))) {
    throw new OciError(
      'invalid',
      `platform ${JSON.stringify(text.slice(0, 100))}: expected os/architecture[/variant]`,
      {
        hint: 'Such as linux/amd64 or linux/arm/v7.',
      },
    );
  }
  return normalizePlatform({ os: os ?? '', architecture: architecture ?? '', ...(variant && { variant }) });
}

/** `linux/arm/v7`; `windows/amd64` with its `os.version` in parentheses. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  const version = platform['os.version'];
  return `${os}/${architecture}${variant ? `/${variant}` : ''}${version ? ` (${version})` : ''}`;
}

/** One spelling for each platform, as containerd has it (platforms v1.0, database.go): `arm64/v8` is `arm64`, `arm` is `arm/v7`. */
export function normalizePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase() === 'macos' ? 'darwin' : platform.os.toLowerCase();
  const written = platform.architecture.toLowerCase();
  const [architecture, implied] = ARCHITECTURES[written] ?? [written];
  const variant = normalizeVariant(architecture, platform.variant?.toLowerCase() || implied);
  const { variant: _, ...rest } = platform;
  return { ...rest, os, architecture, ...(variant && { variant }) };
}

function normalizeVariant(architecture: string, written: string | undefined): string | undefined {
  const variant = written !== undefined && /^[5-8]$/.test(written) ? `v${written}` : written;
  if (architecture === 'arm') return variant ?? 'v7';
  return variant === DEFAULT_VARIANT[architecture] ? undefined : variant;
}

/** Whether two platforms are the same one when normalised. `os.version` counts only where both name it. */
export function samePlatform(a: Platform, b: Platform): boolean {
  const [x, y] = [normalizePlatform(a), normalizePlatform(b)];
  const versions = [x['os.version'], y['os.version']];
  return (
    x.os === y.os &&
    x.architecture === y.architecture &&
    x.variant === y.variant &&
    (versions.includes(undefined) || versions[0] === versions[1])
  );
}

/**
 * The one of `candidates` that runs on `wanted`: the same platform, else the nearest lower variant of the same architecture
 * (`arm/v7` runs `arm/v6`; `amd64/v3` runs `amd64`), else `undefined`.
 */
export function selectPlatform(wanted: Platform, candidates: readonly Platform[]): Platform | undefined {
  const exact = candidates.find((candidate) => samePlatform(wanted, candidate));
  if (exact !== undefined) return exact;
  const limit = variantNumber(wanted);
  return candidates
    .filter((candidate) => samePlatform({ ...candidate, variant: wanted.variant ?? '' }, wanted))
    .filter((candidate) => variantNumber(candidate) < limit)
    .sort((a, b) => variantNumber(b) - variantNumber(a))[0];
}

function variantNumber(platform: Platform): number {
  const { architecture, variant } = normalizePlatform(platform);
  return Number(/^v(\d)/.exec(variant ?? DEFAULT_VARIANT[architecture] ?? '')?.[1] ?? 0);
}
