/** The part of a target, as a person or a plugin writes it, that says what its executor is given. */
export interface WrittenTarget {
  readonly options?: Readonly<Record<string, unknown>>;
  readonly configurations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly defaultConfiguration?: string;
}

/** What an executor is given where the command line names no configuration: the options, and above them those of the default one. */
export function plainOptions({
  options,
  configurations,
  defaultConfiguration = '',
}: WrittenTarget): Record<string, unknown> {
  return { ...options, ...configurations?.[defaultConfiguration] };
}

/** Merges what several places write of one target, as Nx does: the later place wins, option by option. */
export function mergeTargets(places: readonly (WrittenTarget | undefined)[]): WrittenTarget {
  let merged: WrittenTarget = {};
  for (const place of places) {
    const { options, configurations = {}, ...rest } = place ?? {};
    const names = new Set([...Object.keys(merged.configurations ?? {}), ...Object.keys(configurations)]);
    merged = {
      ...merged,
      ...rest,
      options: { ...merged.options, ...options },
      configurations: Object.fromEntries(
        [...names].map((name) => [name, { ...merged.configurations?.[name], ...configurations[name] }]),
      ),
    };
  }
  return merged;
}
