/** The same bytes; `onProgress` is told how many came with each piece. */
export async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onProgress: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) {
    onProgress?.(chunk.byteLength);
    yield chunk;
  }
}
