import type { TarEntry, TarHeader } from './entry.js';
import { type TarEvent, type TarOptions, TarScanner } from './tar-scanner.js';

/** Takes the content of one entry. Chunks are views that must not be written to, nor kept without copying. */
export interface TarContentHandler {
  /** May give a promise: the next bytes are read once it settles. */
  data(chunk: Uint8Array): void | Promise<void>;
  /** After the last chunk; also of an entry that has no content. */
  end(): void;
}

export interface TarHandler {
  /** `undefined`: the content is passed over. */
  entry(header: TarHeader): TarContentHandler | undefined;
}

/**
 * Reads an archive to the end of `bytes` and calls `handler` for each entry, in order: no promise an entry, so
 * that an archive of many small files costs little more than its bytes. Errors as `readTar`; those of `handler` pass through.
 */
export async function scanTar(
  bytes: AsyncIterable<Uint8Array>,
  handler: TarHandler,
  options?: TarOptions,
): Promise<void> {
  const scanner = new TarScanner(options);
  let content: TarContentHandler | undefined;
  for await (const chunk of bytes) {
    scanner.push(chunk);
    for (let event = scanner.next(); event !== 'need'; event = scanner.next()) {
      if (event === 'entry') {
        content = handler.entry(scanner.header);
        if (content === undefined) scanner.skipContent();
      } else if (event === 'data') {
        const pause = content?.data(scanner.data);
        if (pause !== undefined) await pause;
      } else {
        content?.end();
      }
    }
  }
  scanner.end();
}

/**
 * The entries of a tar archive (POSIX ustar and PAX, GNU, star, v7), in order. Reads `bytes` to their end, also behind the end
 * mark, so that a digest over them is checked; leaving the loop early closes them. Read an entry's content before asking for the
 * next entry, or leave it. Throws `invalid` for what is no tar or is cut off, `limit` beyond a bound; errors of `bytes` pass through.
 */
export async function* readTar(
  bytes: AsyncIterable<Uint8Array>,
  options?: TarOptions,
): AsyncGenerator<TarEntry, void, undefined> {
  const scanner = new TarScanner(options);
  const source = bytes[Symbol.asyncIterator]();
  /** The next event but `need`; `undefined` at the end of the bytes. */
  const next = async (): Promise<Exclude<TarEvent, 'need'> | undefined> => {
    for (;;) {
      const event = scanner.next();
      if (event !== 'need') return event;
      const { done, value } = await source.next();
      if (done === true) {
        scanner.end();
        return undefined;
      }
      scanner.push(value);
    }
  };
  try {
    for (;;) {
      const event = await next();
      if (event === undefined) return;
      if (event !== 'entry') continue;
      const state = { isCurrent: true };
      yield { ...scanner.header, content: readContent(scanner, next, state) };
      if (state.isCurrent) scanner.skipContent();
      state.isCurrent = false;
    }
  } finally {
    await source.return?.();
  }
}

async function* readContent(
  scanner: TarScanner,
  next: () => Promise<Exclude<TarEvent, 'need'> | undefined>,
  state: { isCurrent: boolean },
): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    if (!state.isCurrent) throw new TypeError('tar: content was asked for after the next entry');
    const event = await next();
    if (event !== 'data') {
      state.isCurrent = false;
      return;
    }
    yield scanner.data;
  }
}
