import type { Reason } from './record.js';

/** A project whose files go into an image. */
export interface InputProject {
  readonly name: string;
  /** From the workspace root; `.` is the workspace root. */
  readonly root: string;
}

/** What an image was made from when the version that it stands at was published, and now. */
export interface InputFacts {
  /** Commit of the standing version; absent if it does not say. */
  readonly commit: string | undefined;
  /** Files of these projects that differ from it; absent if git can't say. */
  readonly changedFiles: readonly string[] | undefined;
  /** The image's own project first, then those that it depends on. */
  readonly projects: readonly InputProject[];
  /** Base reference to digest, of the standing version; absent if it does not say. */
  readonly basesBefore: Readonly<Record<string, string>> | undefined;
  readonly bases: Readonly<Record<string, string>>;
}

/** Files named in a reason. */
const NAMED = 3;

/** Which inputs of an image changed since the version that it stands at: why it was built at all. */
export function graphReasons(facts: InputFacts): Reason[] {
  return [...fileReasons(facts), ...baseReasons(facts)];
}

function fileReasons({ commit, changedFiles, projects }: InputFacts): Reason[] {
  if (commit === undefined || changedFiles === undefined) return [];
  const byProject = new Map<InputProject, string[]>();
  for (const file of changedFiles) {
    const owner = projects
      .filter(({ root }) => root === '.' || file === root || file.startsWith(`${root}/`))
      .sort((a, b) => b.root.length - a.root.length)[0];
    if (owner === undefined) continue;
    const known = byProject.get(owner);
    if (known) known.push(file);
    else byProject.set(owner, [file]);
  }
  return [...byProject].map(([{ name }, files]) => {
    const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : '';
    const named = files.slice(0, NAMED).join(', ');
    return { kind: 'graph', inputs: files.slice(0, 100), text: `Changed in ${name} since ${commit}: ${named}${more}.` };
  });
}

function baseReasons({ basesBefore, bases }: InputFacts): Reason[] {
  if (basesBefore === undefined) return [];
  return Object.entries(bases).flatMap(([name, digest]): Reason[] => {
    const before = basesBefore[name];
    if (before === digest || digest === 'unknown') return [];
    const text =
      before === undefined ? `The base image ${name} is new.` : `The base image ${name} moved: ${before} -> ${digest}.`;
    return [{ kind: 'graph', inputs: [name], text }];
  });
}
