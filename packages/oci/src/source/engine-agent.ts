import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import { OciError } from '../errors.js';
import { nodeHttp, nodeHttps } from '../registry/node-http.js';
import type { Environment } from '../registry/options.js';
import type { EngineAddress } from './engine-address.js';

/** What dockerode's constructor takes; each key is set, since it fills the missing ones from `process.env`. */
export interface EngineConnection {
  readonly socketPath: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly protocol: 'http' | 'https';
  readonly pathPrefix: string;
  readonly agent: Agent;
  readonly ca: undefined;
  readonly cert: undefined;
  readonly key: undefined;
}

/**
 * How to reach an address. Connections are not kept alive: engines close idle ones, which would fail the next request.
 * Errors: `invalid` for an address that is not `unix`, `npipe`, `tcp`, `http`, `https` or `ssh`.
 */
export function engineConnection(address: EngineAddress, env: Environment): EngineConnection {
  const none = { ca: undefined, cert: undefined, key: undefined } as const;
  const local = /^(unix|npipe):\/\/(.+)$/.exec(address.url);
  if (local) {
    const socketPath = local[2];
    return { ...none, socketPath, host: undefined, port: undefined, protocol: 'http', pathPrefix: '/', agent: plain() };
  }
  const url = URL.canParse(address.url) ? new URL(address.url) : undefined;
  if (!url?.hostname || !['tcp:', 'http:', 'https:', 'ssh:'].includes(url.protocol)) {
    throw new OciError('invalid', `"${address.url}" (${address.from}) is not the address of an engine.`, {
      hint: 'Write it as unix:///path, tcp://host:port, ssh://user@host, or npipe:////./pipe/name.',
    });
  }
  if (url.protocol === 'ssh:') {
    const agent = sshAgent(url, env);
    return { ...none, socketPath: undefined, host: 'engine', port: 80, protocol: 'http', pathPrefix: '/', agent };
  }
  const tls = address.tls ?? (url.protocol === 'https:' ? { verify: true, ...none } : undefined);
  return {
    ...none,
    socketPath: undefined,
    host: url.hostname,
    port: Number(url.port) || (tls ? 2376 : 2375),
    protocol: tls ? 'https' : 'http',
    pathPrefix: url.pathname || '/',
    agent: tls
      ? new (nodeHttps().Agent)({
          keepAlive: false,
          rejectUnauthorized: tls.verify,
          ca: tls.ca && Buffer.from(tls.ca),
          cert: tls.cert && Buffer.from(tls.cert),
          key: tls.key && Buffer.from(tls.key),
        })
      : plain(),
  };
}

const plain = () => new (nodeHttp().Agent)({ keepAlive: false });

/**
 * One `ssh HOST docker system dial-stdio` a connection, as Docker's CLI does it. Not dockerode's own SSH, which accepts any
 * host key and reads neither the user's SSH configuration nor known_hosts.
 */
function sshAgent(url: URL, env: Environment): Agent {
  const target = url.username ? `${decodeURIComponent(url.username)}@${url.hostname}` : url.hostname;
  const socket = url.pathname.length > 1 ? ['--host', `unix://${url.pathname}`] : [];
  const args = [...(url.port ? ['-p', url.port] : []), '-o', 'BatchMode=yes', '-T', '--', target, 'docker', ...socket];
  const agent = new (nodeHttp().Agent)({ keepAlive: false });
  Object.assign(agent, {
    createConnection: () => {
      const child = spawn('ssh', [...args, 'system', 'dial-stdio'], { env: { ...env }, stdio: 'pipe' });
      return socketOf(child, `ssh ${target}`);
    },
  });
  return agent;
}

/** The input and output of a process as a connection, which fails with what the process said if it fails. */
function socketOf(child: ChildProcessWithoutNullStreams, name: string): Duplex {
  const connection = new Duplex({
    read: () => void child.stdout.resume(),
    write: (chunk, encoding, done) => void child.stdin.write(chunk, encoding, done),
    final: (done) => void child.stdin.end(done),
    destroy(error, done) {
      child.kill();
      done(error);
    },
  });
  let complaint = '';
  child.stdin.on('error', () => {});
  child.stderr.on('data', (data: Buffer) => {
    complaint = (complaint + data.toString()).slice(-1000);
  });
  child.stdout.on('data', (data: Buffer) => {
    if (!connection.push(data)) child.stdout.pause();
  });
  child.on('error', (cause) => connection.destroy(cause));
  child.on('close', (code) => {
    if (code) connection.destroy(new Error(`${name} ended with ${code}: ${complaint.trim()}`));
    else connection.push(null);
  });
  return connection;
}
