import * as v from 'valibot';
import { OciError } from '../errors.js';

/**
 * Parses JSON bytes by a schema. `what` names the document in messages. Throws `limit` above `limitBytes` before parsing,
 * `invalid` for what is no UTF-8, no JSON, or of another shape; every bad field is listed by its path, up to five.
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
  const result = v.safeParse(schema, decode(bytes, what));
  if (result.success) return result.output;
  const issues = result.issues.slice(0, 5).map((issue) => `${v.getDotPath(issue) ?? 'top'}: ${issue.message}`);
  throw new OciError('invalid', `${what}: ${issues.join('; ')}`);
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

/** The keys of an object, sorted; Go's way to write a set (`{"80/tcp": {}}`). */
export const keySet = v.pipe(
  v.custom<Record<string, unknown>>(isPlainObject, 'expected an object'),
  v.transform((input): string[] => Object.keys(input).sort()),
);

function isPlainObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
