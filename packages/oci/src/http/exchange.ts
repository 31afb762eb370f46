import type { ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** What a request brings along, if anything. */
export type RequestBody = Uint8Array | string | AsyncIterable<Uint8Array> | undefined;

/**
 * Sends a request that was begun, and gives the answer when its headers are there. What fails later is told by the answer's body.
 * Throws what Node does, and what the maker of the body does.
 */
export function exchange(request: ClientRequest, body: RequestBody): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.once('response', (response: IncomingMessage) => {
      // A body that nobody reads may still break off.
      response.on('error', () => {});
      resolve(response);
    });
    send(request, body);
  });
}

function send(request: ClientRequest, body: RequestBody): void {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    request.end(body);
    return;
  }
  const source = Readable.from(body, { objectMode: false });
  source.on('error', (error) => request.destroy(error));
  request.once('close', () => source.destroy());
  source.pipe(request);
}
