import type { Digest, Platform } from '@image-versions/oci';

/** What a change is a change of; a person reads it, a policy may filter by it. */
export type ChangeCategory = 'code' | 'app-dependencies' | 'os-packages' | 'base-image' | 'configuration' | 'metadata';

/** What settled the verdict; the first of these that could. */
export type DecidedBy =
  | 'manifest-digest'
  | 'config-digest'
  | 'layers-and-config'
  | 'fingerprint'
  | 'content'
  | 'platforms';

export interface Change {
  readonly category: ChangeCategory;
  readonly kind: 'file' | 'package' | 'config' | 'platform';
  readonly action: 'added' | 'removed' | 'modified';
  /** A path with its leading slash, a package name, a config key (`ENV FOO`), a platform. */
  readonly subject: string;
  /** One line of evidence: `3.0.15-1 -> 3.0.16-1`, `a/B.class changed`, `mode 0644 -> 0600`. */
  readonly detail: string;
  /** The platform, where several were compared. */
  readonly platform?: string;
}

/** Differences that were seen and do not count. */
export interface Noise {
  readonly rule: string;
  readonly reason: string;
  /** Paths that this rule explains. */
  readonly count: number;
  /** A few of them, with their leading slash. */
  readonly examples: readonly string[];
}

export interface ComparedImage {
  readonly name: string;
  readonly manifestDigest?: Digest;
  readonly configDigest?: Digest;
  readonly platform?: Platform;
  readonly fingerprint?: string;
}

/** `same` is only ever said of what was looked at whole: whatever could not be read is an error and not a verdict. */
export interface Comparison {
  readonly verdict: 'same' | 'changed';
  readonly decidedBy: DecidedBy;
  readonly before: ComparedImage;
  readonly after: ComparedImage;
  /** What counts, most telling first; empty if `same`. May be empty where two fingerprints settled it (`decidedBy`). */
  readonly changes: readonly Change[];
  /** True where there were more changes than are listed. */
  readonly truncated: boolean;
  readonly categories: readonly ChangeCategory[];
  readonly noise: readonly Noise[];
  readonly profile: string;
  /** Of the rules and of the policy; two fingerprints are comparable only if it is the same. */
  readonly policyVersion: string;
}
