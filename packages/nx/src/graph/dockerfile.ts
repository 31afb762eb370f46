import type { Instruction } from 'dockerfile-ast';

/** What of a Dockerfile says which files and which images go into a build. Plain, so that it can be cached. */
export interface DockerfileFacts {
  /** ARGs before the first FROM, with their defaults. */
  readonly globalArgs: Readonly<Record<string, string | null>>;
  /** Images named by FROM, `COPY --from` and `RUN --mount=from`, as written, that are neither `scratch` nor the name of a stage. */
  readonly images: readonly string[];
  readonly stages: readonly StageFacts[];
}

export interface StageFacts {
  /** In lower case; absent if it has none. */
  readonly name?: string;
  /** What its FROM names, as written. */
  readonly from: string;
  /** In their order, since a variable has the value that it was given last. */
  readonly steps: readonly StageStep[];
}

export type StageStep =
  | { readonly arg: string; readonly value: string | null }
  | { readonly env: string; readonly value: string }
  /** A source of COPY, ADD or a bind mount that is read from the build context, as written. */
  | { readonly source: string };

/** Reads the facts. Never throws: a Dockerfile that is wrong is the builder's to report. Loads `dockerfile-ast` when first used. */
export async function parseDockerfile(text: string): Promise<DockerfileFacts> {
  const { DockerfileParser } = await import('dockerfile-ast');
  const file = DockerfileParser.parse(text);
  const globalArgs: Record<string, string | null> = {};
  for (const arg of file.getInitialARGs()) for (const { name, value } of variablesOf(arg)) globalArgs[name] = value;
  const stages: { name?: string; from: string; steps: StageStep[] }[] = [];
  const images = new Set<string>();
  const addImage = (name: string | undefined) => {
    const isStage = stages.some((stage) => stage.name === name?.toLowerCase());
    if (name && name !== 'scratch' && !/^\d+$/.test(name) && !isStage) images.add(name);
  };
  for (const instruction of file.getInstructions()) {
    const keyword = instruction.getKeyword();
    const flags = flagsOf(instruction);
    const steps = stages.at(-1)?.steps ?? [];
    if (keyword === 'FROM') {
      const [from, , name] = instruction.getArguments().map((argument) => unquoted(argument.getValue()));
      addImage(from);
      stages.push({ ...(name && { name: name.toLowerCase() }), from: from ?? '', steps: [] });
    } else if (keyword === 'ARG') {
      for (const { name, value } of variablesOf(instruction)) steps.push({ arg: name, value });
    } else if (keyword === 'ENV') {
      for (const { name, value } of variablesOf(instruction)) steps.push({ env: name, value: value ?? '' });
    } else if (keyword === 'COPY' || keyword === 'ADD') {
      const from = flags.find((flag) => flag.name === 'from')?.value;
      if (from !== undefined) addImage(from);
      else for (const source of copySources(instruction)) steps.push({ source });
    } else if (keyword === 'RUN') {
      for (const { name, value } of flags) {
        if (name !== 'mount') continue;
        const mount = new Map(value.split(',').map((part) => part.split('=', 2) as [string, string]));
        if ((mount.get('type') ?? 'bind') !== 'bind') continue;
        if (mount.has('from')) addImage(mount.get('from'));
        else steps.push({ source: mount.get('source') ?? mount.get('src') ?? '.' });
      }
    }
  }
  return { globalArgs, images: [...images], stages };
}

/** What ARG and ENV give values to; both may do so for several. */
function variablesOf(instruction: Instruction): { name: string; value: string | null }[] {
  if (!('getProperties' in instruction) || typeof instruction.getProperties !== 'function') return [];
  const properties = instruction.getProperties() as { getName(): string; getValue(): string | null }[];
  return properties.map((property) => ({ name: property.getName(), value: property.getValue() }));
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
  const words = instruction.getArguments();
  // What stands below the line of a heredoc is its text.
  const line = words.find((word) => word.getValue().startsWith('<<'))?.getRange().start.line;
  const ownWords = words.filter((word) => line === undefined || word.getRange().start.line <= line);
  let names = ownWords.map((word) => unquoted(word.getValue()));
  if (json !== undefined) {
    try {
      const parsed: unknown = JSON.parse(json);
      if (Array.isArray(parsed)) names = parsed.map(String);
    } catch {
      // Docker takes a form that is no JSON as plain words.
    }
  }
  return names.slice(0, -1).filter((name) => !/^(<<|https?:\/\/|git@|git:\/\/|ssh:\/\/)/i.test(name));
}

function unquoted(word: string): string {
  return word.replace(/["']/g, '');
}
