import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Fault, TestRegistryOptions } from './test-registry-options.js';
import { type Answer, RegistryState, type Stored } from './test-registry-state.js';

/** One request as it came in. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The port of the client: one for each connection. */
  readonly clientPort: number | undefined;
}

/** A registry in memory, on loopback. What it holds and what it was asked can be looked at, and changed between requests. */
export interface TestRegistry {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  readonly requests: LoggedRequest[];
  readonly faults: Fault[];
  /** By `repository` and digest. */
  readonly blobs: Map<string, Map<string, Uint8Array>>;
  /** By `repository`, and tag or digest. */
  readonly manifests: Map<string, Map<string, Stored>>;
  /** `METHOD path` of each request, tokens left out, in order. */
  log(): string[];
  close(): Promise<void>;
}

/** Starts a registry (distribution-spec 1.1) that keeps everything in memory. Close it at the end of the test. */
export async function startTestRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const state = new RegistryState(options);
  const requests: LoggedRequest[] = [];
  const faults = [...(options.faults ?? [])];
  const takeFault = faultTaker(faults);
  const sockets = new Set<Socket>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: target = '/', headers } = request;
    const entry = { method, url: target, headers, body: '', clientPort: request.socket.remotePort };
    requests.push(entry);
    const url = new URL(target, `http://${state.host}`);
    const fault = takeFault(method, url.pathname);
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.cutAfterBytes === 'headers') return void request.socket.destroy();
    const body = (await bodyOf(request)).subarray(0, fault?.keepBytes);
    entry.body = body.toString('latin1', 0, 10_000);
    const answer = faultyAnswer(fault) ?? state.answer(method, url, request, body);
    if (fault?.cutAfterBytes === 'doing' || fault?.keepBytes !== undefined) return void request.socket.destroy();
    write(response, method, answer, fault);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server);
  state.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host: state.host,
    requests,
    faults,
    blobs: state.blobs,
    manifests: state.manifests,
    log: () =>
      requests
        .filter(({ url }) => !url.startsWith('/token'))
        .map(({ method, url }) => `${method} ${url.split('?')[0]}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

/** Finds the first fault that fits a request and is not used up. */
function faultTaker(faults: readonly Fault[]): (method: string, path: string) => Fault | undefined {
  const uses = new Map<Fault, number>();
  return (method, path) => {
    const fits = (fault: Fault): boolean =>
      (fault.method ?? method) === method &&
      (typeof fault.path === 'object' ? fault.path.test(path) : path.includes(fault.path ?? '')) &&
      (uses.get(fault) ?? 0) < (fault.times ?? 1);
    const fault = faults.find(fits);
    if (fault !== undefined) uses.set(fault, (uses.get(fault) ?? 0) + 1);
    return fault;
  };
}

function faultyAnswer(fault: Fault | undefined): Answer | undefined {
  if (fault?.status === undefined) return undefined;
  return { status: fault.status, headers: fault.headers ?? {}, body: fault.body ?? '' };
}

function write(response: ServerResponse, method: string, answer: Answer, fault: Fault | undefined): void {
  const whole = typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? new Uint8Array());
  const body = fault?.corrupt?.(whole) ?? whole;
  const headers: Record<string, string> = { 'content-length': String(body.byteLength), ...answer.headers };
  for (const name of fault?.dropHeaders ?? []) delete headers[name];
  response.writeHead(answer.status, headers);
  if (method === 'HEAD') return void response.end();
  if (fault?.stallAfterBytes !== undefined) return void response.write(body.subarray(0, fault.stallAfterBytes));
  if (typeof fault?.cutAfterBytes !== 'number') return void response.end(body);
  response.write(body.subarray(0, fault.cutAfterBytes), () => setTimeout(() => response.destroy(), 20));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
