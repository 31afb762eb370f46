import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream';

/** Of the bytes that came and wait to be taken, from which on no more are read. */
const ROOM_BYTES = 256 * 1024;

/**
 * The body of an answer in the chunks that it comes in. Node's own iterator of a stream joins what waits, and so copies nearly every byte,
 * which for an engine's export takes half as long again and half as much memory again. Throws what the answer fails with, also where it is
 * cut off; leaving early closes its connection.
 */
export async function* bodyChunks(response: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  let end: { readonly error: Error | null | undefined } | undefined;
  let wake = () => {};
  finished(response, { writable: false }, (error) => {
    end = { error };
    wake();
  });
  response.on('data', (chunk: Uint8Array) => {
    waiting.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= ROOM_BYTES) response.pause();
    wake();
  });
  try {
    for (;;) {
      if (waiting.length > 0) {
        const ready = waiting;
        waiting = [];
        bytes = 0;
        response.resume();
        yield* ready;
      } else if (end === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (end.error) throw end.error;
      else return;
    }
  } finally {
    response.destroy();
  }
}
