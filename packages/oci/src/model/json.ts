import * as v from 'valibot';
import { OciError } from '../errors.js';

/** Values of one document. Real configs and manifests have some hundreds; each costs memory many times its bytes. */
const MAX_VALUES = 200_000;
/** Of a larger document only the first bad field is told: each one that is found costs memory. */
const ALL_FIELDS_BYTES = 256 * 1024;

/**
 * Parses JSON bytes by a schema. `what` names the document in messages. Throws `limit`, before parsing, above `limitBytes` or for too
 * many values; `invalid` for what is no UTF-8, no JSON, or of another shape. Then every bad field is listed by its path, up to five, and
 * without its value: that may be a password, or have control characters.
 */
export function parseJson<S extends v.GenericSchema>(
  bytes: Uint8Array,
  schema: S,
  what: string,
  limitBytes: number,
): v.InferOutput<S> {
  if (bytes.byteLength > limitBytes) {
    throw new OciError('limit', `${what}: ${bytes.byteLength} bytes, more than the ${limitBytes} that are read`);
  }
  checkValues(bytes, what);
  const abortEarly = bytes.byteLength > ALL_FIELDS_BYTES;
  const result = v.safeParse(schema, decode(bytes, what), { abortEarly, message: wrongType });
  if (result.success) return result.output;
  const issues = result.issues.slice(0, 5).map((issue) => `${v.getDotPath(issue) ?? 'top'}: ${issue.message}`);
  throw new OciError('invalid', `${what}: ${issues.join('; ')}`);
}

/** For the schemas that have no message of their own. */
function wrongType({ expected, input }: v.BaseIssue<unknown>): string {
  const kind = input === null ? 'null' : Array.isArray(input) ? 'Array' : typeof input;
  return `expected ${expected}, got ${input === undefined ? 'nothing' : kind}`;
}

/** Counts what may part or open values, in strings too: an upper bound. */
function checkValues(bytes: Uint8Array, what: string): void {
  if (bytes.byteLength <= MAX_VALUES) return;
  let values = 0;
  for (const byte of bytes) if (byte === 0x2c || byte === 0x5b || byte === 0x7b) values += 1;
  if (values > MAX_VALUES)
    throw new OciError('limit', `${what}: more than ${MAX_VALUES} values in ${bytes.byteLength} bytes`);
}

function decode(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new OciError('invalid', `${what}: expected JSON in UTF-8, got ${bytes.byteLength} bytes that are not`, {
      cause,
    });
  }
}

/** Go writes `null` for what is empty: the same as absent. */
export const maybe = <S extends v.GenericSchema>(schema: S) =>
  v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );

/**
 * An object with string values. Not `v.record`, which drops keys such as `constructor`: a label may have any name.
 */
export const stringMap = v.pipe(
  v.custom<Record<string, string>>(
    (input) => isPlainObject(input) && Object.values(input).every((value) => typeof value === 'string'),
    'expected an object of strings',
  ),
  v.transform((input): Record<string, string> => Object.fromEntries(Object.entries(input))),
);

/**
 * An object of these fields as Go's encoding/json reads it, and so every engine: `entrypoint` is `Entrypoint`. Two spellings of one
 * field are an error, since which of them counts goes by their order.
 */
export function goObject<const E extends v.ObjectEntries>(entries: E) {
  const spelled = new Map(Object.keys(entries).map((name) => [folded(name), name]));
  const nameOf = (key: string) => spelled.get(folded(key)) ?? key;
  return v.pipe(
    v.custom<Record<string, unknown>>(isPlainObject, 'expected an object'),
    v.check((input) => {
      const names = Object.keys(input).map(nameOf);
      return new Set(names).size === names.length;
    }, 'a field is there in two spellings'),
    v.transform((input) => Object.fromEntries(Object.entries(input).map(([key, value]) => [nameOf(key), value]))),
    v.object(entries),
  );
}

/** One text for all that Go takes for the same: U+017F (long s) and U+212A (Kelvin sign) are an s and a k there. */
function folded(key: string): string {
  return key.toUpperCase().toLowerCase();
}

/** The keys of an object, sorted; Go's way to write a set (`{"80/tcp": {}}`). */
export const keySet = v.pipe(
  v.custom<Record<string, unknown>>(isPlainObject, 'expected an object'),
  v.transform((input): string[] => Object.keys(input).sort()),
);

function isPlainObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
