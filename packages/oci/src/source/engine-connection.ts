import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { ClientRequest, RequestOptions } from 'node:http';
import { Duplex } from 'node:stream';
import { OciError } from '../errors.js';
import { nodeHttp, nodeHttps } from '../http/node-http.js';
import type { Environment } from '../registry/options.js';
import { type EngineAddress, networkAddress } from './engine-address.js';

/** Begins a request to an engine, with a connection of its own: engines close idle ones, which would fail the next request. */
export type OpenEngineRequest = (
  request: Required<Pick<RequestOptions, 'method' | 'path' | 'headers'>> & Pick<RequestOptions, 'signal'>,
) => ClientRequest;

/** `user:password@` before the host. */
const HAS_PASSWORD = /^\w+:\/\/[^/@:]*:.*@/;

/**
 * How to reach an address.
 * Errors: `invalid` for an address that is not `unix`, `npipe`, `tcp`, `http`, `https` or `ssh`, or that has a password in it.
 */
export function engineConnection({ url: address, from, tls }: EngineAddress, env: Environment): OpenEngineRequest {
  const socketPath = /^(?:unix|npipe):\/\/(.+)$/.exec(address)?.[1];
  if (socketPath) return (request) => nodeHttp().request({ ...request, agent: false, socketPath });
  if (HAS_PASSWORD.test(address)) {
    throw new OciError('invalid', `The address of the engine (${from}) has a password in it.`, {
      hint: 'Leave it out: an engine asks for a certificate (DOCKER_CERT_PATH), and SSH for a key.',
    });
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url?.hostname || !['tcp:', 'http:', 'https:', 'ssh:'].includes(url.protocol)) {
    throw new OciError('invalid', `"${address}" (${from}) is not the address of an engine.`, {
      hint: 'Write it as unix:///path, tcp://host:port, ssh://user@host, or npipe:////./pipe/name.',
    });
  }
  if (url.protocol === 'ssh:') {
    const createConnection = () => dialOverSsh(url, env);
    return (request) => nodeHttp().request({ ...request, createConnection, host: 'engine' });
  }
  const { host, port, isSecure } = networkAddress(url, tls);
  const at = { agent: false, host, port };
  const prefix = url.pathname.replace(/\/$/, '');
  if (!isSecure) return (request) => nodeHttp().request({ ...request, ...at, path: prefix + request.path });
  const pem = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes);
  const checks = {
    rejectUnauthorized: tls?.verify ?? true,
    ca: pem(tls?.ca),
    cert: pem(tls?.cert),
    key: pem(tls?.key),
  };
  return (request) => nodeHttps().request({ ...request, ...at, ...checks, path: prefix + request.path });
}

/**
 * Docker's own way: `ssh HOST docker system dial-stdio`, one a connection, so that the user's SSH configuration and known_hosts count.
 */
function dialOverSsh(url: URL, env: Environment): Duplex {
  const { host } = networkAddress(url, undefined);
  const target = url.username ? `${decodeURIComponent(url.username)}@${host}` : host;
  const socket = url.pathname.length > 1 ? ['--host', `unix://${url.pathname}`] : [];
  const args = [...(url.port ? ['-p', url.port] : []), '-o', 'BatchMode=yes', '-T', '--', target, 'docker', ...socket];
  const child = spawn('ssh', [...args, 'system', 'dial-stdio'], { env: { ...env }, stdio: 'pipe' });
  return socketOf(child, `ssh ${target}`);
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
