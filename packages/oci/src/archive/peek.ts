/** The first `bytes` of a stream (fewer where it is shorter), and the whole stream again. Read or close `stream`, not the source. */
export async function peek(
  source: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<{ readonly head: Buffer; readonly stream: AsyncGenerator<Uint8Array, void, undefined> }> {
  const iterator = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let length = 0;
  while (length < bytes) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    held.push(value);
    length += value.length;
  }
  const head = Buffer.concat(held, length).subarray(0, bytes);
  return { head, stream: joined(held, iterator) };
}

async function* joined(
  held: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let chunk = held.shift(); chunk !== undefined; chunk = held.shift()) yield chunk;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
