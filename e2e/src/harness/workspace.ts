import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type CommandOptions,
  type CommandResult,
  command,
  copyTemplate,
  must,
  type NxMajor,
} from '@image-versions/tools/testbed';
import { inject } from 'vitest';
import { RegistryView } from './registry-view.js';

export interface WorkspaceOptions {
  readonly nx?: NxMajor;
  /** Repository prefix; default one of its own in the run's registry. */
  readonly registry?: string;
  /** Further options of the plugin. */
  readonly plugin?: Readonly<Record<string, unknown>>;
  readonly daemon?: boolean;
  /** Has Nx run each plugin in a process of its own, as it does by default; most flows save the four processes of each command. */
  readonly isolatesPlugins?: boolean;
  /** Further environment of its commands, such as that of an engine. */
  readonly env?: NodeJS.ProcessEnv;
}

let count = 0;

/** A real Nx workspace: the sample with the packed plugin, in git, with a home folder (and so a cache) of its own. */
export class Workspace {
  readonly root: string;
  readonly home: string;
  readonly images: RegistryView;
  readonly env: NodeJS.ProcessEnv;

  private constructor(
    root: string,
    home: string,
    prefix: string,
    { daemon = false, isolatesPlugins = false, env = {} }: WorkspaceOptions = {},
  ) {
    this.root = root;
    this.home = home;
    this.images = new RegistryView(prefix);
    const { CI: _ci, GITHUB_ACTIONS: _actions, ...rest } = process.env;
    const clean = Object.entries(rest).filter(([name]) => !/^(NX_|VITEST|npm_|NODE_ENV|IMAGE_VERSIONS_)/i.test(name));
    this.env = {
      ...Object.fromEntries(clean),
      HOME: home,
      NX_DAEMON: String(daemon),
      ...(!isolatesPlugins && { NX_ISOLATE_PLUGINS: 'false' }),
      NX_NO_CLOUD: 'true',
      NX_TUI: 'false',
      NO_COLOR: '1',
      FORCE_COLOR: '0',
      NODE_ENV: 'development',
      IMAGE_VERSIONS_CACHE_DIR: inject('e2e').layers,
      ...env,
    };
  }

  static async create(options: WorkspaceOptions = {}): Promise<Workspace> {
    const { registry, templates } = inject('e2e');
    const template = templates[options.nx ?? 24];
    if (template === undefined) throw new Error(`no template for Nx ${options.nx ?? 24} in this run`);
    const folder = await mkdtemp(join(tmpdir(), 'image-versions-e2e-'));
    const prefix = options.registry ?? `${registry}/ws${process.pid}-${++count}`;
    const workspace = new Workspace(join(folder, 'ws'), join(folder, 'home'), prefix, options);
    await mkdir(workspace.home);
    await copyTemplate(template, workspace.root);
    await workspace.pointAt(registry, { registry: prefix, ...options.plugin });
    await workspace.git('init', '-q', '-b', 'main');
    await workspace.git('config', 'user.email', 'e2e@example.com');
    await workspace.git('config', 'user.name', 'e2e');
    await workspace.commit('the sample');
    return workspace;
  }

  /** A second clone with a home of its own: another machine. */
  async clone(): Promise<Workspace> {
    const folder = await mkdtemp(join(tmpdir(), 'image-versions-e2e-'));
    const other = new Workspace(join(folder, 'ws'), join(folder, 'home'), this.images.prefix);
    await mkdir(other.home);
    await must('git', ['clone', '-q', this.root, other.root]);
    await must('cp', ['-al', join(this.root, 'node_modules'), join(other.root, 'node_modules')]);
    await other.git('config', 'user.email', 'e2e@example.com');
    await other.git('config', 'user.name', 'e2e');
    return other;
  }

  private async pointAt(registry: string, options: object): Promise<void> {
    const files = (
      await must('git', ['ls-files', '--others', '--exclude-standard', '--', '.'], { cwd: this.root }).catch(() =>
        must('find', ['.', '-name', 'Dockerfile', '-not', '-path', './node_modules/*'], { cwd: this.root }),
      )
    ).split('\n');
    for (const file of files.filter((name) => name.endsWith('Dockerfile'))) {
      await this.edit(file, (text) => text.replaceAll('localhost:5000/base', `${registry}/base`));
    }
    await this.edit('nx.json', (text) => {
      const nxJson = JSON.parse(text);
      nxJson.plugins = [{ plugin: '@image-versions/nx', options }];
      return `${JSON.stringify(nxJson, null, 2)}\n`;
    });
  }

  /** `npx nx …`, as a user types it; never throws. */
  nx(line: string, options: CommandOptions = {}): Promise<CommandResult> {
    return this.run(`node_modules/.bin/nx`, line.split(' ').filter(Boolean), options);
  }

  run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return command(program, args, { cwd: this.root, ...options, env: { ...this.env, ...options.env } });
  }

  /** `nx …`, which must succeed; gives all its output. */
  async mustNx(line: string, options: CommandOptions = {}): Promise<string> {
    const result = await this.nx(line, options);
    if (result.code !== 0) throw new Error(`nx ${line} ended with ${result.code}:\n${result.output}`);
    return result.output;
  }

  git(...args: string[]): Promise<string> {
    return must('git', args, { cwd: this.root, env: this.env });
  }

  /** Commits everything; gives the first 7 characters of the commit. */
  async commit(message: string): Promise<string> {
    await this.git('add', '-A');
    await this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.head();
  }

  async head(): Promise<string> {
    return (await this.git('rev-parse', 'HEAD')).slice(0, 7);
  }

  path(file: string): string {
    return join(this.root, file);
  }

  read(file: string): Promise<string> {
    return readFile(this.path(file), 'utf8');
  }

  /** The text of a file, or nothing if it is not there. */
  readIfThere(file: string): Promise<string> {
    return this.read(file).catch(() => '');
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(file)), { recursive: true });
    await writeFile(this.path(file), text);
  }

  async append(file: string, text: string): Promise<void> {
    await appendFile(this.path(file), text);
  }

  async edit(file: string, change: (text: string) => string): Promise<void> {
    const before = await this.read(file);
    const after = change(before);
    if (after === before) throw new Error(`nothing to edit in ${file}`);
    await writeFile(this.path(file), after);
  }

  /** The version files' text: equal means that nothing changed. */
  async versionFiles(): Promise<string> {
    return `${await this.readIfThere('image_versions.src')}\n=====\n${await this.readIfThere('image_vars.src')}`;
  }

  /** What Bash sees of variables after sourcing the vars file. */
  async vars(...names: string[]): Promise<string[]> {
    const print = names.map((name) => `printf '%s\\n' "\${${name}:-}"`).join('; ');
    return (
      await must('bash', ['-euo', 'pipefail', '-c', `source image_vars.src; ${print}`], { cwd: this.root })
    ).split('\n');
  }

  async version(prefix: string): Promise<string> {
    return (await this.vars(`${prefix}_VER`))[0] ?? '';
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it means of it
  async record(project: string): Promise<any> {
    return JSON.parse(await this.read(`dist/image-versions/${project}.json`));
  }

  async remove(): Promise<void> {
    if (this.env.NX_DAEMON === 'true') await this.nx('daemon --stop');
    // A daemon that was told to stop may still be writing.
    await rm(dirname(this.root), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
