/** A real registry (Debian's docker-registry) on a free port of loopback, with its data in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@image-versions/oci/testing';

export interface RunningRegistry {
  /** `localhost:<port>`. */
  readonly host: string;
  /** `METHOD /path` of each request answered so far, oldest first. */
  requests(): Promise<string[]>;
  /** Processor time of the registry so far, where the system tells it (Linux); else 0. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Lines of an htpasswd file (bcrypt); none: open to all. */
  readonly htpasswd?: string;
  readonly port?: number;
  /** Kept when it stops, if given. */
  readonly dataFolder?: string;
}

export async function startRegistry(options: RegistryOptions = {}): Promise<RunningRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-registry-'));
  const port = options.port ?? (await freePort());
  const data = options.dataFolder ?? join(folder, 'data');
  await mkdir(data, { recursive: true });
  const auth = options.htpasswd
    ? `auth: {htpasswd: {realm: e2e, path: ${JSON.stringify(join(folder, 'htpasswd'))}}}\n`
    : '';
  if (options.htpasswd) await writeFile(join(folder, 'htpasswd'), options.htpasswd);
  await writeFile(
    join(folder, 'config.yml'),
    `version: 0.1\nlog: {level: info, formatter: json, accesslog: {disabled: true}}\n` +
      `storage: {filesystem: {rootdirectory: ${JSON.stringify(data)}}, delete: {enabled: true}}\n` +
      `http: {addr: "127.0.0.1:${port}"}\n${auth}`,
  );
  const log = await open(join(folder, 'log'), 'a');
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', log.fd, log.fd] });
  await log.close();
  const host = `localhost:${port}`;
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answer?.status === 200 || answer?.status === 401) break;
    if (tries > 100 || child.exitCode !== null) {
      throw new Error(`docker-registry does not answer on ${host}:\n${await readFile(join(folder, 'log'), 'utf8')}`);
    }
    await sleep(100);
  }
  return {
    host,
    requests: async () =>
      (await readFile(join(folder, 'log'), 'utf8')).split('\n').flatMap((line) => {
        if (!line.includes('"response completed')) return [];
        const entry = JSON.parse(line) as Record<string, string>;
        return [`${entry['http.request.method']} ${entry['http.request.uri']}`];
      }),
    cpuMs: async () => {
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // utime and stime, in ticks of 10 ms (proc(5)).
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
