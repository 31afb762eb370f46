import { InstructionError } from './dockerfile-error.js';

/** `8080/tcp` of `8080`; all of a range `8000-8002/udp`. Throws `InstructionError`. */
export function parsePorts(text: string): string[] {
  const [, first, last = first, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from > to || to > 65_535) {
    throw new InstructionError(`expected a port such as 8080 or 53/udp, or a range, got ${JSON.stringify(text)}`);
  }
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}/${protocol.toLowerCase()}`);
}
