import type { DockerfileFacts } from './dockerfile.js';

type Values = Readonly<Record<string, string>>;
/** `undefined` where a name has no value, or none that is known before a build. */
type Lookup = (name: string) => string | undefined;

/**
 * The images with their ARGs filled in, `buildArgs` first, then the defaults; sorted. What can't be filled in is left out, and so
 * is what then names a stage (`FROM env-$ENV`) or one of `contexts`, the further build contexts by name.
 */
export function externalImages(facts: DockerfileFacts, buildArgs: Values, contexts: Values = {}): string[] {
  const globals = globalLookup(facts, buildArgs);
  const stages = new Set([...facts.stages.map(({ name }) => name), ...Object.keys(contexts)]);
  const references = new Set<string>();
  for (const image of facts.images) {
    const { text, isComplete } = fillIn(image, globals);
    if (isComplete && text !== '' && text !== 'scratch' && !stages.has(text.toLowerCase())) references.add(text);
  }
  return [...references].sort();
}

/** The sources of COPY, ADD and bind mounts with ARG and ENV filled in; `**` in place of what only a build can tell. */
export function contextSources(facts: DockerfileFacts, buildArgs: Values): string[] {
  const globals = globalLookup(facts, buildArgs);
  const sources = new Set<string>();
  const scopes = new Map<string, { args: Map<string, string | undefined>; env: Map<string, string> }>();
  for (const { name, from, steps } of facts.stages) {
    // A stage has what the stage that it is built on ended with.
    const parent = scopes.get(fillIn(from, globals).text.toLowerCase());
    const scope = { args: new Map(parent?.args), env: new Map(parent?.env) };
    const value: Lookup = (variable) => scope.env.get(variable) ?? scope.args.get(variable);
    for (const step of steps) {
      if ('source' in step) sources.add(fillIn(step.source, value).text);
      else if ('env' in step) scope.env.set(step.env, fillIn(step.value, value).text);
      else {
        const standard = step.value === null ? globals(step.arg) : fillIn(step.value, value).text;
        scope.args.set(step.arg, buildArgs[step.arg] ?? standard);
      }
    }
    if (name !== undefined) scopes.set(name, scope);
  }
  return [...sources];
}

/** ARGs before the first FROM, each of which may name those above it. */
function globalLookup({ globalArgs }: DockerfileFacts, buildArgs: Values): Lookup {
  const values = new Map<string, string>();
  const value: Lookup = (name) => values.get(name);
  for (const [name, standard] of Object.entries(globalArgs)) {
    const filled = fillIn(standard ?? '', value);
    const found = buildArgs[name] ?? (standard !== null && filled.isComplete ? filled.text : undefined);
    if (found !== undefined) values.set(name, found);
  }
  return value;
}

/** Fills in `$x`, `${x}`, `${x:-default}` and `${x:+word}`; what has no value, or another form than these, becomes `**`. */
function fillIn(template: string, value: Lookup): { readonly text: string; readonly isComplete: boolean } {
  let isComplete = true;
  const text = template.replace(
    /\$(?:(\w+)|\{(\w+)(?::?([-+])([^{}]*))?\}|\{[^}]*\}+)/g,
    (_, plain, name, operator, word) => {
      const found = value(plain ?? name);
      if (operator === '+') return found ? word : '';
      if (found) return found;
      if (operator === '-') return word;
      isComplete = false;
      return '**';
    },
  );
  return { text, isComplete };
}
