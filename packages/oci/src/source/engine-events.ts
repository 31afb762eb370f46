import { StringDecoder } from 'node:string_decoder';
import { OciError } from '../errors.js';
import { cleanText, engineError } from './engine-error.js';

/** One line of what an engine reports while it builds, pulls or pushes. */
export interface EngineEvent {
  readonly id?: string;
  readonly stream?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
  readonly aux?: unknown;
}

/** No engine writes a longer line; BuildKit's carry at most a few screens of output. */
const maxLineLength = 16 * 1024 * 1024;

/**
 * The events of a stream of JSON lines, each given out, errors too: an engine answers 200 and says in an event that it failed.
 * Errors: `invalid` for a line that is not JSON or does not end, `unreachable` for a connection that is cut, `aborted`.
 */
export async function* engineEvents(
  stream: AsyncIterable<Uint8Array>,
  tried: string,
  signal?: AbortSignal,
): AsyncGenerator<EngineEvent, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + decoder.write(Buffer.from(chunk))).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > maxLineLength) throw notUnderstood(tried, rest);
      for (const line of lines) if (line.trim() !== '') yield parseEvent(line, tried);
    }
  } catch (error) {
    throw engineError(error, tried, signal);
  }
  if (rest.trim() !== '') yield parseEvent(rest, tried);
}

/** What an event says went wrong, if it does. */
export function eventError(event: EngineEvent): string | undefined {
  const message = event.errorDetail?.message || event.error;
  if (message !== undefined && message !== '') return cleanText(message).slice(0, 4000);
  return event.errorDetail || event.error !== undefined ? 'an error without a message' : undefined;
}

function parseEvent(line: string, tried: string): EngineEvent {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event === 'object' && event !== null) return event;
  } catch {
    // Told below, as for JSON that is no object.
  }
  throw notUnderstood(tried, line);
}

function notUnderstood(tried: string, line: string): OciError {
  const start = cleanText(line.slice(0, 200));
  return new OciError('invalid', `Could not ${tried}: expected JSON lines from the engine, got "${start}".`);
}
