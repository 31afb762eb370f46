/**
 * Which differences of two images count, as a person writes it: the `PolicyOptions` of @image-versions/diff. Here only their shape is
 * checked, since options are read at every nx command and the rules take long to load.
 */
export interface ComparisonOptions {
  /** `content` (default), `strict` (everything but times) or `size+history`. */
  readonly profile?: string;
  /** Globs of paths in the image that do not matter. */
  readonly ignore?: readonly string[];
  /** Rules turned on or off by name. */
  readonly rules?: Readonly<Record<string, boolean>>;
}

/** What is wrong with the shape of what was written; `undefined` if nothing. */
export function comparisonProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected an object';
  for (const [name, field] of Object.entries(value)) {
    if (name === 'profile' && typeof field === 'string') continue;
    if (name === 'ignore' && Array.isArray(field) && field.every((glob) => typeof glob === 'string')) continue;
    if (name === 'rules' && typeof field === 'object' && field !== null && !Array.isArray(field)) {
      if (Object.values(field).every((isOn) => typeof isOn === 'boolean')) continue;
    }
    return `expected profile (text), ignore (a list of globs) and rules (names to true or false); got ${name}: ${JSON.stringify(field)}`;
  }
  return undefined;
}
