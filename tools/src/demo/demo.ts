/**
 * The main job, told with real commands on a small monorepo in a temporary folder: publish, release, change one image, publish
 * again, unpin by hand, and the table of versions. Needs Node and git; with `--builder=docker` also an engine, and then the
 * Dockerfiles have RUN steps. `--keep` leaves the folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { demoFiles } from './workspace.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const { builder, keep } = readOptions();
const root = mkdtempSync(join(tmpdir(), 'image-versions-demo-'));
const env: NodeJS.ProcessEnv = {
  ...process.env,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
  NX_DISABLE_NX_CACHE: undefined,
  NX_WORKSPACE_DATA_DIRECTORY: join(root, '.nx', 'workspace-data'),
  NX_CACHE_DIRECTORY: join(root, '.nx', 'cache'),
  GIT_CONFIG_GLOBAL: join(root, '.nx', 'gitconfig'),
};

function readOptions(): { builder: 'embedded' | 'docker'; keep: boolean } {
  const { values } = parseArgs({
    options: { builder: { type: 'string', default: 'embedded' }, keep: { type: 'boolean', default: false } },
  });
  if (values.builder !== 'embedded' && values.builder !== 'docker') {
    throw new Error(`--builder: expected embedded or docker, got ${values.builder}`);
  }
  return { builder: values.builder, keep: values.keep };
}

function say(text: string): void {
  console.log(`\n\u001b[1m# ${text}\u001b[0m`);
}

/** Shows a command and what it prints; a failure ends the demo. */
function show(line: string, shown = line): void {
  console.log(`\u001b[36m$ ${shown}\u001b[0m`);
  const { status } = spawnSync('sh', ['-c', line], { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${shown} ended with ${status}`);
}

const nx = (line: string) => show(`node_modules/.bin/nx ${line} --output-style=static`, `nx ${line}`);

function quietly(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout.trim();
}

function commit(message: string): void {
  quietly('git', 'add', '-A');
  quietly('git', 'commit', '-q', '-m', message);
}

function edit(path: string, before: string, after: string): void {
  const text = readFileSync(join(root, path), 'utf8');
  writeFileSync(join(root, path), text.replace(before, after));
}

/** An image with a shell: what the engine has, or busybox, or the registry's. */
function baseInEngine(): string {
  const name = 'busybox:1';
  if (spawnSync('docker', ['image', 'inspect', name], { stdio: 'ignore' }).status === 0) return name;
  const static_ = '/bin/busybox';
  if (existsSync(static_)) {
    const make = `d=$(mktemp -d) && mkdir -p $d/bin && cp ${static_} $d/bin/ && for c in sh chmod date mkdir touch; do ln -s busybox $d/bin/$c; done && mkdir -p $d/var/log && tar -C $d -c . | docker import - image-versions-demo/busybox:1 && rm -r $d`;
    quietly('sh', '-c', make);
    return 'image-versions-demo/busybox:1';
  }
  quietly('docker', 'pull', name);
  return name;
}

function makeWorkspace(): void {
  const base = builder === 'docker' ? baseInEngine() : 'scratch';
  for (const [path, text] of Object.entries(demoFiles(base, builder))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  mkdirSync(join(root, '.nx'), { recursive: true });
  writeFileSync(join(root, '.nx', 'gitconfig'), '[user]\n\tname = demo\n\temail = demo@example.com\n');
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'dir');
  quietly('git', 'init', '-q', '-b', 'main');
  commit('a monorepo with four containers');
}

function tellStory(): void {
  say('A monorepo: four containers, and a library that two of them have in them.');
  show('git ls-files | grep -v project.json');

  say('The first publish: each image under the first 7 characters of the commit, and as latest.');
  nx('run-many -t publish-image');
  commit('published');

  say('A release: each image gets the version as a further tag on the same digest. Nothing is built or pushed.');
  nx('run-many -t pin --version=release-1.0.0');
  show('cat image_versions.src');
  commit('release-1.0.0');

  say('Two changes: a number in the worker, and a comment in the Dockerfile of the web site.');
  edit('worker/worker.py', 'RETRIES = 3', 'RETRIES = 5');
  edit('web/Dockerfile', '# The site.', '# The site of the claims.');
  commit('five retries');
  show('git show --stat --format=%s HEAD');

  say('Both are built. The worker has changed: published and unpinned. The web site has not: it stays at its release.');
  nx('affected -t publish-image --base=HEAD~1');
  show('git diff --unified=0 image_versions.src | tail -n +5');
  commit('the worker is unpinned');

  say('A line removed by hand asks for a fresh build of that image, whatever its content.');
  show("sed -i.bak '/^dbinit_VER/d' image_versions.src && rm image_versions.src.bak");
  commit('db-init afresh');
  nx('affected -t publish-image --base=HEAD~1');

  say('What is where now. The same table for scripts: bash image_vars.src imageVersions');
  nx('run image-versions:image-versions');
}

const started = performance.now();
try {
  makeWorkspace();
  tellStory();
  console.log(
    `\nDone in ${Math.round((performance.now() - started) / 1000)} s.${keep ? ` The workspace is in ${root}` : ''}`,
  );
} finally {
  if (!keep) rmSync(root, { recursive: true, force: true });
}
