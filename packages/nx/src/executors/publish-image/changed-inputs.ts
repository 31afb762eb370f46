import type { ExecutorContext, ProjectGraph } from '@nx/devkit';
import type { BuiltImage } from '../../build/builder.js';
import { changedFiles } from '../../git/changed-files.js';
import { graphReasons, type InputProject } from '../../plan/graph-reasons.js';
import type { Reason } from '../../plan/record.js';
import { readInputAnnotations } from './input-annotations.js';

/** Which inputs of a project's image changed since the version with these annotations was published. */
export async function changedInputs(
  annotations: Readonly<Record<string, string>>,
  built: BuiltImage,
  context: Pick<ExecutorContext, 'root' | 'projectName' | 'projectGraph'>,
): Promise<Reason[]> {
  const { commit, bases: basesBefore } = readInputAnnotations(annotations);
  const projects = inputProjects(context.projectGraph, context.projectName ?? '');
  const roots = projects.map(({ root }) => root);
  const files = commit === undefined ? undefined : await changedFiles(context.root, commit, roots);
  return graphReasons({ commit, changedFiles: files, projects, basesBefore, bases: built.bases });
}

/** The project and everything in the workspace that it depends on, itself first. */
function inputProjects({ nodes, dependencies }: ProjectGraph, project: string): InputProject[] {
  const seen = new Set([project]);
  for (const name of seen) for (const { target } of dependencies[name] ?? []) seen.add(target);
  return [...seen].flatMap((name) => {
    const root = nodes[name]?.data.root;
    return root === undefined ? [] : [{ name, root }];
  });
}
