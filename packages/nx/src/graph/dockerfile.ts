import type { Instruction } from 'dockerfile-ast';

/** What of a Dockerfile says which files and which images go into a build. Plain, so that it can be cached. */
export interface DockerfileFacts {
  /** ARGs before the first FROM, with their defaults. */
  readonly globalArgs: Readonly<Record<string, string | null>>;
  /** Images named by FROM, `COPY --from` and `RUN --mount=from`, as written, that are neither `scratch` nor a stage. */
  readonly images: readonly string[];
  /** Sources of COPY, ADD and bind mounts that are read from the build context, as written; `**` where an ARG has no default. */
  readonly sources: readonly string[];
}

/** Reads the facts. Never throws: a Dockerfile that is wrong is the builder's to report. Loads `dockerfile-ast` when first used. */
export async function parseDockerfile(text: string): Promise<DockerfileFacts> {
  const { DockerfileParser } = await import('dockerfile-ast');
  const file = DockerfileParser.parse(text);
  const globalArgs: Record<string, string | null> = {};
  for (const arg of file.getInitialARGs()) {
    const property = arg.getProperty();
    if (property) globalArgs[property.getName()] = property.getValue();
  }
  const stages = new Set<string>();
  const images = new Set<string>();
  const sources = new Set<string>();
  const addImage = (name: string | undefined) => {
    if (name && name !== 'scratch' && !/^\d+$/.test(name) && !stages.has(name.toLowerCase())) images.add(name);
  };
  for (const instruction of file.getInstructions()) {
    const keyword = instruction.getKeyword();
    const flags = flagsOf(instruction);
    if (keyword === 'FROM') {
      addImage(instruction.getArguments()[0]?.getValue());
      const stage = instruction.getArguments()[2]?.getValue();
      if (stage) stages.add(stage.toLowerCase());
    } else if (keyword === 'COPY' || keyword === 'ADD') {
      const from = flags.find((flag) => flag.name === 'from')?.value;
      if (from !== undefined) addImage(from);
      else for (const source of copySources(instruction)) sources.add(resolve(source, instruction, file));
    } else if (keyword === 'RUN') {
      for (const { name, value } of flags) {
        if (name !== 'mount') continue;
        const mount = new Map(value.split(',').map((part) => part.split('=', 2) as [string, string]));
        if ((mount.get('type') ?? 'bind') !== 'bind') continue;
        if (mount.has('from')) addImage(mount.get('from'));
        else sources.add(resolve(mount.get('source') ?? mount.get('src') ?? '.', instruction, file));
      }
    }
  }
  return { globalArgs, images: [...images], sources: [...sources] };
}

/**
 * The images with their ARGs filled in, `buildArgs` first, then the defaults; sorted. What can't be filled in is left out: a builder
 * would refuse it.
 */
export function externalImages(facts: DockerfileFacts, buildArgs: Readonly<Record<string, string>>): string[] {
  const value = (name: string): string | undefined => {
    if (!(name in facts.globalArgs)) return undefined;
    return buildArgs[name] ?? (facts.globalArgs[name] === null ? undefined : expand(facts.globalArgs[name] ?? ''));
  };
  const expand = (text: string): string | undefined => {
    let complete = true;
    const result = text.replace(/\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})/g, (_, plain, name, operator, word) => {
      const found = value(plain ?? name);
      if (operator === '+') return found ? word : '';
      if (found) return found;
      if (operator === '-') return word;
      complete = false;
      return '';
    });
    return complete && result !== '' ? result : undefined;
  };
  const references = new Set<string>();
  for (const image of facts.images) {
    const reference = expand(image);
    if (reference !== undefined && reference !== 'scratch') references.add(reference);
  }
  return [...references].sort();
}

function flagsOf(instruction: Instruction): { name: string; value: string }[] {
  if (!('getFlags' in instruction) || typeof instruction.getFlags !== 'function') return [];
  const flags = instruction.getFlags() as { getName(): string; getValue(): string | null }[];
  return flags.map((flag) => ({ name: flag.getName().toLowerCase(), value: flag.getValue() ?? '' }));
}

/** All arguments but the last, without URLs, git repositories and heredocs. The JSON form may have spaces in its names. */
function copySources(instruction: Instruction): string[] {
  const content = instruction.getArgumentsContent() ?? '';
  const json = /\[[\s\S]*\]\s*$/.exec(content.replace(/^(\s*--\S+)+/, ''))?.[0];
  let names = instruction.getArguments().map((argument) => argument.getValue());
  if (json !== undefined) {
    try {
      const parsed: unknown = JSON.parse(json);
      if (Array.isArray(parsed)) names = parsed.map(String);
    } catch {
      // Docker takes a form that is no JSON as plain words.
    }
  }
  if (names.some((name) => name.startsWith('<<'))) {
    const heredoc = names.findIndex((name) => name.startsWith('<<'));
    return names.slice(0, heredoc);
  }
  return names.slice(0, -1).filter((name) => !/^(https?:\/\/|git@|git:\/\/|ssh:\/\/)/i.test(name));
}

function resolve(
  source: string,
  instruction: Instruction,
  file: { resolveVariable(variable: string, line: number): string | null | undefined },
): string {
  const line = instruction.getRange().start.line;
  return source.replace(/\$(?:(\w+)|\{(\w+)[^}]*\})/g, (_, plain, name) => {
    return file.resolveVariable(plain ?? name, line) ?? '**';
  });
}
