import { isOciError, OciError, type Platform, parsePlatform, type Repository } from '@image-versions/oci';
import { ImageVersionsError } from '../../errors.js';
import type { Bases } from './bases.js';
import { unsupported } from './can-build.js';
import { makeDirectories } from './copy.js';
import { type CopyScope, copyInstruction } from './copy-instruction.js';
import { DockerfileError, InstructionError, type Place } from './dockerfile-error.js';
import { expandWord } from './expand.js';
import { cleanPath, type FileEntry, type Files, followLinks } from './files.js';
import { contentOf, writeLayer } from './layer-writer.js';
import { type Instruction, readInstruction } from './parse.js';
import { fetchFromLayers, type Spool } from './spool.js';
import { Stage } from './stage.js';
import { absolutePath } from './stage-config.js';
import { LayerChanges, StageFiles } from './stage-files.js';
import { type BuildPlan, baseStage, findStage, type StagePlan } from './stages.js';

/** What all stages of one build share. */
export interface BuildTools {
  readonly plan: BuildPlan;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly bases: Bases;
  readonly context: () => Promise<Files>;
  /** Stages that are built. */
  readonly stages: Map<StagePlan, Stage>;
  readonly repository: Repository;
  readonly folder: string;
  readonly spool: Spool;
  readonly time: number;
  readonly signal: AbortSignal | undefined;
  /** Called with each line of the Dockerfile before it is carried out. */
  readonly onStep: (text: string) => void;
}

/** Builds one stage; those that it needs are built. Error `DockerfileError`; those of bases pass through. */
export async function buildStage(planned: StagePlan, tools: BuildTools): Promise<Stage> {
  const { plan, onStep, signal } = tools;
  onStep(`FROM ${planned.base}`);
  const { stage, triggers } = await beginStage(planned, tools);
  for (const instruction of [...triggers, ...planned.instructions]) {
    if (signal?.aborted) throw new OciError('aborted', `Stopped at ${plan.file}:${instruction.line}.`);
    const place = { file: plan.file, line: instruction.line };
    const problem = unsupported(instruction);
    if (problem) throw new DockerfileError(place, problem.reason, problem.hint);
    onStep(instruction.text);
    try {
      await carryOut(instruction, stage, planned, tools);
    } catch (error) {
      if (!(error instanceof InstructionError)) throw error;
      throw new DockerfileError(place, `${instruction.keyword}: ${error.message}`, 'Correct this line.', error);
    }
  }
  return stage;
}

async function beginStage(
  planned: StagePlan,
  tools: BuildTools,
): Promise<{ stage: Stage; triggers: readonly Instruction[] }> {
  const { plan, platform } = tools;
  const place = { file: plan.file, line: planned.line };
  const below = baseStage(plan, planned);
  const built = below && tools.stages.get(below);
  const wanted = planned.platform === undefined ? platform : parsePlatform(planned.platform);
  const stage = built
    ? Stage.onStage(built)
    : planned.base === 'scratch'
      ? Stage.onScratch(wanted)
      : Stage.onBase(await openBase(planned.base, wanted, place, tools));
  const onBuild = built?.config.run.onBuild ?? stage.base?.image.config.run.onBuild ?? [];
  const triggers = onBuild.map((text) => {
    const trigger = readInstruction(text, '\\', place);
    const problem = unsupported(trigger);
    if (!problem) return trigger;
    throw new DockerfileError(
      place,
      `${planned.base} has the trigger ONBUILD ${text}. ${problem.reason}`,
      problem.hint,
    );
  });
  return { stage, triggers };
}

async function openBase(reference: string, platform: Platform, place: Place, { bases }: BuildTools) {
  try {
    return await bases.get(reference, platform);
  } catch (error) {
    if (error instanceof ImageVersionsError || !(error instanceof Error) || isOciError(error, 'aborted')) throw error;
    const hint = (error as { hint?: string }).hint ?? 'Is its name right, and may it be read?';
    throw new DockerfileError(place, `${reference} can't be opened: ${error.message}`, hint, error);
  }
}

async function carryOut(instruction: Instruction, stage: Stage, planned: StagePlan, tools: BuildTools): Promise<void> {
  const { plan, buildArgs, time } = tools;
  const { keyword, rest, flags } = instruction;
  const { escapeSign } = plan;
  let hasLayer = false;
  if (keyword === 'ARG') stage.setArgs(instruction, escapeSign, buildArgs, plan.globalArgs);
  else if (keyword === 'WORKDIR') {
    const path = expandWord(rest, stage.expansion(escapeSign));
    if (path === '') throw new InstructionError('expected a path');
    stage.config.run.workingDir = absolutePath(stage.config.run.workingDir, path);
    const changes = new LayerChanges(await stage.files());
    makeDirectories(changes, await followLinks(changes.files, cleanPath(stage.config.run.workingDir)));
    hasLayer = changes.written.length > 0;
    if (hasLayer) await addLayer(changes, stage, tools);
  } else if (keyword === 'COPY' || keyword === 'ADD') {
    const link = flags.findLast(({ name }) => name === 'link');
    const isLinked = link !== undefined && link.value !== 'false';
    // With --link the copy knows nothing of what is below it.
    const changes = new LayerChanges(isLinked ? new StageFiles() : await stage.files());
    await copyInstruction(instruction, changes, copyScope(stage, planned, tools));
    hasLayer = changes.written.length > 0;
    if (hasLayer) await addLayer(changes, stage, tools);
  } else if (!stage.configure(instruction, escapeSign))
    throw new InstructionError('the embedded builder does not know it');
  stage.config.history.push({
    created: new Date(time * 1000).toISOString(),
    createdBy: instruction.text,
    comment: 'image-versions embedded builder',
    emptyLayer: !hasLayer,
  });
}

async function addLayer(changes: LayerChanges, stage: Stage, tools: BuildTools): Promise<void> {
  const entries = await fetchFromLayers(changes.written, tools.spool, tools.signal);
  const { diffId, descriptor } = await writeLayer(entries, tools);
  stage.layers.push({ diffId, descriptor, repository: tools.repository });
  const files = await stage.files();
  for (const [path, entry] of entries) files.set(path, entry);
}

function copyScope(stage: Stage, planned: StagePlan, tools: BuildTools): CopyScope {
  const { plan, spool, signal, platform } = tools;
  return {
    workingDir: stage.config.run.workingDir,
    expand: (word) => expandWord(word, stage.expansion(plan.escapeSign)),
    expandHeredoc: (content) => expandWord(content, stage.expansion(plan.escapeSign, true)),
    async openSource(from) {
      if (from === undefined) return tools.context();
      const copied = findStage(plan.stages.slice(0, planned.index), from);
      const built = copied && tools.stages.get(copied);
      if (built) return built.files();
      if (from === '' || /^\d+$/.test(from)) throw new InstructionError(`there is no stage ${from} above this one`);
      if (from === 'scratch') throw new InstructionError('scratch has no files');
      const base = await openBase(from, platform, { file: plan.file, line: planned.line }, tools);
      return base.files();
    },
    readText: (entry, limitBytes) => readText(entry, limitBytes, spool, signal),
    spool,
  };
}

async function readText(entry: FileEntry, limitBytes: number, spool: Spool, signal?: AbortSignal): Promise<string> {
  const [[, found] = ['', entry]] = await fetchFromLayers([['', entry]], spool, signal);
  if (found.size > limitBytes) throw new InstructionError(`a file of accounts has ${found.size} bytes`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of contentOf(found, spool)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
