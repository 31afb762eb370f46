import type { ImageVersionsError } from '../errors.js';

/** What a hook throws, so that nx ends with 1: the messages with their hints, and in place of a stack, which nx prints, nothing else. */
export function hookError(errors: readonly ImageVersionsError[]): Error {
  const text = errors.map(({ message, hint }) => (hint === undefined ? message : `${message}\n  ${hint}`)).join('\n');
  return Object.assign(new Error(text), { stack: text });
}
