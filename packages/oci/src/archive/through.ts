import type { Readable, Writable } from 'node:stream';

/**
 * The bytes that `output` gives when those of `source` are written to `input` (both may be one stream). Reads `source` to its end
 * even if `output` ends before it. An error of `source` is thrown as it is, before one of the streams; leaving early closes
 * the source and destroys both streams.
 */
export async function* through(
  source: AsyncIterable<Uint8Array>,
  input: Writable,
  output: Readable,
): AsyncGenerator<Uint8Array, void, undefined> {
  let abandoned = false;
  let failure: { readonly error: unknown } | undefined;
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of source) {
        if (abandoned) return;
        if (isOpen(input, output) && !input.write(chunk)) await writable(input, output);
      }
      input.end();
    } catch (error) {
      failure = { error };
      output.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  // Without a listener a closed pipe would end the process; the reader below sees why it was closed.
  input.on('error', () => undefined);
  const feeding = feed();
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
  } catch (error) {
    throw failure === undefined ? error : failure.error;
  } finally {
    abandoned = !output.readableEnded;
    if (abandoned) input.destroy();
    await feeding;
    input.destroy();
    output.destroy();
  }
  if (failure !== undefined) throw failure.error;
}

const isOpen = (input: Writable, output: Readable): boolean =>
  !input.destroyed && !output.destroyed && !output.readableEnded;

/** Settles when more may be written, or when nothing ever can. */
function writable(input: Writable, output: Readable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      input.off('drain', settle).off('close', settle);
      output.off('end', settle).off('close', settle);
      resolve();
    };
    input.on('drain', settle).on('close', settle);
    output.on('end', settle).on('close', settle);
    if (!isOpen(input, output)) settle();
  });
}
