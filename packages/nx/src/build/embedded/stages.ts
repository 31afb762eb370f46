import { formatPlatform, type Platform } from '@image-versions/oci';
import { namesAndDefaults } from './arguments.js';
import { DockerfileError, InstructionError, type Place } from './dockerfile-error.js';
import { type Expansion, expandWord } from './expand.js';
import type { Instruction, ParsedDockerfile } from './parse.js';

/** One FROM and what follows it. */
export interface StagePlan {
  readonly index: number;
  /** Lower case; absent where it has none. */
  readonly name: string | undefined;
  /** What it begins with, ARGs filled in; a stage if it is one of those above. */
  readonly base: string;
  /** `--platform`, ARGs filled in. */
  readonly platform: string | undefined;
  /** Of FROM. */
  readonly line: number;
  readonly instructions: readonly Instruction[];
}

export interface BuildPlan {
  readonly file: string;
  readonly escapeSign: string;
  readonly stages: readonly StagePlan[];
  /** The stage that becomes the image. */
  readonly target: StagePlan;
  /** ARGs before the first FROM and what every build knows (`TARGETARCH`): a stage gets those that it names itself. */
  readonly globalArgs: ReadonlyMap<string, string>;
}

export interface PlanOptions {
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Name or number of a stage; default the last. */
  readonly target: string | undefined;
  readonly platform: Platform;
}

/** Cuts a Dockerfile into its stages. Error `DockerfileError`. */
export function planStages(parsed: ParsedDockerfile, { buildArgs, target, platform }: PlanOptions): BuildPlan {
  const { file, escapeSign } = parsed;
  const globalArgs = platformArgs(platform);
  const stages: (StagePlan & { readonly instructions: Instruction[] })[] = [];
  for (const instruction of parsed.instructions) {
    const place = { file, line: instruction.line };
    const expand = (word: string) => expandAt(word, { variables: globalArgs, escapeSign }, place);
    const last = stages.at(-1);
    if (instruction.keyword === 'FROM') stages.push(readFrom(instruction, stages.length, expand, place));
    else if (last !== undefined) last.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') {
      for (const [name, written] of namesAndDefaults(instruction.rest, escapeSign)) {
        const value = buildArgs[name] ?? (written === undefined ? undefined : expand(written));
        if (value !== undefined) globalArgs.set(name, value);
      }
    } else throw new DockerfileError(place, `${instruction.keyword} comes before the first FROM`, 'Begin with FROM.');
  }
  const chosen = target === undefined ? stages.at(-1) : findStage(stages, target);
  if (chosen === undefined) {
    const names = stages.map(({ name, index }) => name ?? index).join(', ');
    const reason = target === undefined ? 'there is no FROM' : `there is no stage ${JSON.stringify(target)}`;
    const hint = target === undefined ? 'Begin with FROM.' : `Set the option stage to one of ${names}.`;
    throw new DockerfileError({ file, line: 1 }, reason, hint);
  }
  return { file, escapeSign, stages, target: chosen, globalArgs };
}

/** A stage by its name or number. */
export function findStage<Stage extends Pick<StagePlan, 'name' | 'index'>>(
  stages: readonly Stage[],
  reference: string,
): Stage | undefined {
  const byName = stages.findLast(({ name }) => name === reference.toLowerCase());
  return byName ?? (/^\d+$/.test(reference) ? stages[Number(reference)] : undefined);
}

/** The stage above this one that FROM means. */
export function baseStage({ stages }: BuildPlan, { index, base }: StagePlan): StagePlan | undefined {
  return stages.slice(0, index).findLast(({ name }) => name === base.toLowerCase());
}

/** The stages that the target needs, itself included, in their order. Others are not built. */
export function neededStages(plan: BuildPlan): StagePlan[] {
  const needed = new Set<StagePlan>();
  const visit = (stage: StagePlan) => {
    if (needed.has(stage)) return;
    needed.add(stage);
    const base = baseStage(plan, stage);
    if (base) visit(base);
    for (const { flags } of stage.instructions) {
      const from = flags.find(({ name }) => name === 'from')?.value;
      const copied = from === undefined ? undefined : findStage(plan.stages.slice(0, stage.index), from);
      if (copied) visit(copied);
    }
  };
  visit(plan.target);
  return plan.stages.filter((stage) => needed.has(stage));
}

/** Expands a word, and says where it stands if that can't be done. */
function expandAt(word: string, expansion: Expansion, place: Place): string {
  try {
    return expandWord(word, expansion);
  } catch (error) {
    if (!(error instanceof InstructionError)) throw error;
    throw new DockerfileError(place, `${JSON.stringify(word.slice(0, 200))}: ${error.message}`, 'Correct it.', error);
  }
}

function readFrom(
  { rest, flags, line }: Instruction,
  index: number,
  expand: (word: string) => string,
  place: Place,
): StagePlan & { readonly instructions: Instruction[] } {
  const [written = '', as, name, ...more] = rest.split(/\s+/);
  const isNamed = as?.toUpperCase() === 'AS' && /^[a-z][a-z0-9_.-]*$/i.test(name ?? '');
  if (written === '' || more.length > 0 || (as !== undefined && !isNamed)) {
    throw new DockerfileError(place, `FROM ${rest}: expected an image, or an image AS a name`, 'Correct it.');
  }
  const unknown = flags.find((flag) => flag.name !== 'platform');
  if (unknown) throw new DockerfileError(place, `FROM knows no flag --${unknown.name}`, 'Remove it.');
  const base = expand(written);
  if (base === '') {
    throw new DockerfileError(place, `FROM ${written} names no image`, 'Give its ARG a default before the first FROM.');
  }
  const platform = flags[0] && (expand(flags[0].value) || undefined);
  return { index, name: name?.toLowerCase(), base, platform, line, instructions: [] };
}

/** BUILDPLATFORM is the target's: nothing is run here, and the machine that builds must not matter. */
function platformArgs(platform: Platform): Map<string, string> {
  const { os, architecture, variant = '' } = platform;
  return new Map(
    ['TARGET', 'BUILD'].flatMap((prefix): [string, string][] => [
      [`${prefix}PLATFORM`, formatPlatform(platform)],
      [`${prefix}OS`, os],
      [`${prefix}ARCH`, architecture],
      [`${prefix}VARIANT`, variant],
    ]),
  );
}
