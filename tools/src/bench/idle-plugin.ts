import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { must } from '../testbed/index.js';

const NAME = 'idle-plugin';

const PLUGIN = `const { readFileSync } = require('node:fs');
const nodes = JSON.parse(readFileSync(__dirname + '/nodes.json', 'utf8'));
exports.name = '${NAME}';
exports.createNodes = exports.createNodesV2 = ['**/Dockerfile', async () => nodes];
exports.preTasksExecution = exports.postTasksExecution = async () => {};
`;

/** What the plugin of this workspace gives nx, as JSON. */
const PRINT_NODES = `
const { execFileSync } = await import('node:child_process');
const { readFileSync } = await import('node:fs');
const nxJsonConfiguration = JSON.parse(readFileSync('nx.json', 'utf8'));
const { createNodesV2 } = await import('@image-versions/nx');
const dockerfiles = execFileSync('git', ['ls-files', '**/Dockerfile'], { encoding: 'utf8' }).trim().split('\\n');
const context = { workspaceRoot: process.cwd(), nxJsonConfiguration };
console.log(JSON.stringify(await createNodesV2[1](dockerfiles, nxJsonConfiguration.plugins[0].options, context)));
`;

interface Target {
  executor: string;
  options?: unknown;
}

/**
 * Puts another plugin in place of the workspace's: it has the same projects and targets in a file, with a command for its executor, and
 * hooks that do nothing. What is left of the time is what nx takes for any plugin of so many targets and these hooks.
 */
export async function idlePlugin(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const printed = await must('node', ['--input-type=module', '-e', PRINT_NODES], { cwd: root, env });
  const nodes = JSON.parse(printed) as [string, { projects: Record<string, { targets: Record<string, Target> }> }][];
  for (const [, { projects }] of nodes) {
    for (const [project, { targets }] of Object.entries(projects)) {
      const publish = targets['publish-image'];
      if (publish === undefined) continue;
      const record = `dist/image-versions/${basename(project)}.json`;
      publish.executor = 'nx:run-commands';
      publish.options = { command: `mkdir -p dist/image-versions && echo {} > ${record}` };
    }
  }
  const folder = join(root, 'node_modules', NAME);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: NAME, version: '1.0.0', main: 'index.cjs' }));
  await writeFile(join(folder, 'index.cjs'), PLUGIN);
  await writeFile(join(folder, 'nodes.json'), JSON.stringify(nodes));
  const nxJson = JSON.parse(await readFile(join(root, 'nx.json'), 'utf8'));
  await writeFile(join(root, 'nx.json'), JSON.stringify({ ...nxJson, plugins: [NAME] }));
}
