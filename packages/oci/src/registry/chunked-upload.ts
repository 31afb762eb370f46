import { pauseBeforeRetry, TransientFailure } from './retry.js';
import { completion, nextLocation, type Start, type Upload } from './upload-requests.js';

const MAX_CHUNK_BYTES = 128 * 1024 * 1024;

/** 202 by the spec; Amazon ECR says 201, Pulp and ggcr's registry 204. */
const CHUNK_TAKEN = [201, 202, 204];

/**
 * Uploads by PATCH, a chunk in memory at a time, and completes by an empty PUT (distribution-spec 1.1, "Pushing a blob in chunks").
 * After a failure in passing it goes on with what the registry says that it does not have yet of the chunk.
 */
export async function uploadInChunks(upload: Upload, start: Start): Promise<void> {
  const { session, content, common } = upload;
  const chunkBytes = Math.min(Math.max(session.settings.chunkBytes, start.minChunkBytes), MAX_CHUNK_BYTES);
  let { location } = start;
  let offset = 0;

  const send = (bytes: Uint8Array): Promise<URL> => {
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.byteLength),
      'content-range': `${offset}-${offset + bytes.byteLength - 1}`,
    };
    const request = { ...common, method: 'PATCH', url: location, headers, body: () => bytes } as const;
    return session.run({ ...request, expect: CHUNK_TAKEN }, async (response) => {
      await response.discard();
      return nextLocation(response, common.what);
    });
  };

  /** The end of what the registry has, exclusive, and where to go on; a registry that can't say lets the upload begin anew. */
  const askState = (failure: TransientFailure): Promise<{ end: number; location: URL }> =>
    session.run({ ...common, method: 'GET', url: location, expect: [200, 202, 204, 404, 405] }, async (response) => {
      await response.discard();
      const last = /^(?:bytes=)?0-(\d+)$/.exec(response.header('range') ?? '')?.[1];
      if (response.status >= 400 || last === undefined) throw failure;
      const next = response.header('location') === undefined ? location : nextLocation(response, common.what);
      // 0-0 is also said where there is nothing yet.
      return { end: offset === 0 && last === '0' ? 0 : Number(last) + 1, location: next };
    });

  for await (const chunk of chunksOf(content(), chunkBytes)) {
    const end = offset + chunk.byteLength;
    for (let tried = 0; offset < end; tried++) {
      try {
        location = await send(chunk.subarray(offset - end));
        offset = end;
      } catch (failure) {
        if (!(failure instanceof TransientFailure)) throw failure;
        await pauseBeforeRetry(session.settings, common.signal, failure, tried);
        const state = await askState(failure);
        if (state.end < offset || state.end > end) throw failure;
        location = state.location;
        offset = state.end;
      }
    }
  }
  await session.run({ ...completion(upload, location), body: () => '' }, (response) => response.discard());
}

/** Cuts a stream anew into chunks of exactly `size` bytes, the last one shorter. */
async function* chunksOf(stream: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    while (length + rest.byteLength >= size) {
      const taken = size - length;
      yield Buffer.concat([...parts, rest.subarray(0, taken)]);
      rest = rest.subarray(taken);
      [parts, length] = [[], 0];
    }
    if (rest.byteLength === 0) continue;
    parts.push(rest);
    length += rest.byteLength;
  }
  if (length > 0) yield Buffer.concat(parts);
}
