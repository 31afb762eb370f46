import type { ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** What a request brings along, if anything. */
export type RequestBody = Uint8Array | string | AsyncIterable<Uint8Array> | undefined;

const PIECE_BYTES = 256 * 1024;

/**
 * Sends a request that was begun, and gives the answer when its headers are there. What fails later is told by the answer's body.
 * Throws what Node does, and what the maker of the body does.
 */
export function exchange(request: ClientRequest, body: RequestBody): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    // Without a word: after an answer that switches to another protocol (101).
    request.once('close', () => reject(new Error('the connection was closed without an answer')));
    request.once('response', (response: IncomingMessage) => {
      // Who has the whole answer wants no more of the rest of the body.
      response.once('end', () => request.writableFinished || request.destroy());
      resolve(response);
    });
    send(request, body);
  });
}

function send(request: ClientRequest, body: RequestBody): void {
  if (body === undefined || typeof body === 'string') {
    request.end(body);
    return;
  }
  if (body instanceof Uint8Array) request.setHeader('content-length', body.byteLength);
  const source = Readable.from(body instanceof Uint8Array ? piecesOf(body) : body, { objectMode: false });
  source.on('error', (error) => request.destroy(error));
  request.once('close', () => source.destroy());
  source.pipe(request);
}

/** A large one written as a whole over TLS moves all at once, and would seem to stand still meanwhile. */
async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
