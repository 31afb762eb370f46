/** One build step of BuildKit (`Vertex` of moby/buildkit v0.12, api/services/control/control.proto). */
export interface BuildKitVertex {
  readonly digest: string;
  readonly name: string;
  readonly cached: boolean;
  readonly started: boolean;
  readonly completed: boolean;
  readonly error: string;
}

/** What changed in a build: steps, and output of steps. */
export interface BuildKitStatus {
  readonly vertexes: readonly BuildKitVertex[];
  readonly logs: readonly { readonly vertex: string; readonly text: Buffer }[];
}

/**
 * Reads the `aux` of a `moby.buildkit.trace` event: a `StatusResponse` as base64 protobuf: which step failed, and
 * whether the ID of an image is the engine's word or the output of a step.
 * Bytes that are not such a message give what was read up to there.
 */
export function parseBuildKitStatus(base64: string): BuildKitStatus {
  const vertexes: BuildKitVertex[] = [];
  const logs: { vertex: string; text: Buffer }[] = [];
  for (const [field, bytes] of fieldsOf(Buffer.from(base64, 'base64'))) {
    if (!Buffer.isBuffer(bytes)) continue;
    const parts = new Map(fieldsOf(bytes));
    const text = (part: number) => String(parts.get(part) ?? '');
    if (field === 1) {
      vertexes.push({
        digest: text(1),
        name: text(3),
        cached: parts.get(4) === 1,
        started: parts.has(5),
        completed: parts.has(6),
        error: text(7),
      });
    } else if (field === 3) {
      const message = parts.get(4);
      logs.push({ vertex: text(1), text: Buffer.isBuffer(message) ? message : Buffer.alloc(0) });
    }
  }
  return { vertexes, logs };
}

/** The fields of one message (protobuf.dev/programming-guides/encoding): numbers as numbers, all else as bytes. */
function* fieldsOf(bytes: Buffer): Generator<[field: number, value: number | Buffer]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 70 && at < bytes.length; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key % 8;
    const field = Math.floor(key / 8);
    if (wire === 0) {
      yield [field, varint()];
      continue;
    }
    if (wire !== 1 && wire !== 2 && wire !== 5) return;
    const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
    if (at + length > bytes.length) return;
    yield [field, bytes.subarray(at, at + length)];
    at += length;
  }
}
