import { formatPlatform } from '@image-versions/oci';
import type { Change, ChangeCategory, ComparedImage, Comparison, Noise } from '../compare/comparison.js';
import { isCut } from '../compare/conclude.js';

/** What a person calls each category. */
export const CATEGORY_NAMES: Readonly<Record<ChangeCategory, string>> = {
  code: 'code',
  'app-dependencies': 'application dependencies',
  'os-packages': 'OS packages',
  'base-image': 'base image',
  configuration: 'configuration',
  metadata: 'metadata',
};

/** A change is one of `+`, `-` and `~`. */
export const SIGNS: Readonly<Record<Change['action'], string>> = { added: '+', removed: '-', modified: '~' };

/** How many changes of one category are told before the rest is counted. */
export const MAX_TOLD = 20;

/** Changes by category, most telling category first. */
export function changesByCategory({ categories, changes }: Comparison): [ChangeCategory, Change[]][] {
  return categories.map((category) => [category, changes.filter((change) => change.category === category)]);
}

/** `5 more`, of a category of which some are told. */
export function moreWords(comparison: Comparison, category: ChangeCategory, more: number): string {
  return isCut(comparison, category) ? `${more} or more` : `${more} more`;
}

/** What changed, in a few words, or why nothing did. */
export function whyWords(comparison: Comparison): string {
  const { verdict, categories } = comparison;
  if (verdict === 'same' || categories.length === 0) return decidedByWords(comparison);
  return categories.map((category) => CATEGORY_NAMES[category]).join(', ');
}

/** Why there was no need to look further. */
function decidedByWords({ decidedBy, verdict }: Comparison): string {
  const words: Readonly<Record<Comparison['decidedBy'], string>> = {
    'manifest-digest': 'the manifests have the same digest',
    'config-digest': 'the configs have the same digest',
    'layers-and-config':
      verdict === 'same'
        ? 'layers and what the container runs with are the same'
        : 'the layers are the same, the config is not',
    fingerprint: 'the fingerprints are the same',
    content: 'by content',
    platforms: 'the platforms are not the same',
  };
  return words[decidedBy];
}

/** `14 differences are build noise (apt-logs, python-bytecode)`; `undefined` if there are none. */
export function noiseWords(noise: readonly Noise[]): string | undefined {
  const count = noise.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return undefined;
  const rules = noise.map(({ rule }) => rule).join(', ');
  return count === 1 ? `1 difference is build noise (${rules})` : `${count} differences are build noise (${rules})`;
}

/** Name, platform and short digest of one side. */
export function imageWords({ name, platform, manifestDigest, configDigest }: ComparedImage): string {
  const digest = manifestDigest ?? configDigest;
  const about = [platform && formatPlatform(platform), digest && !name.includes(digest) && digest.slice(0, 19)].filter(
    Boolean,
  );
  return about.length > 0 ? `${name} (${about.join(', ')})` : name;
}
