import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { maybe, parseJson } from './json.js';

const schema = v.object({ name: v.string(), size: maybe(v.number()), list: maybe(v.array(v.object({}))) });
const parse = (value: unknown) => parseJson(Buffer.from(JSON.stringify(value)), schema, 'document', 1000);

describe('parseJson', () => {
  it('lists every bad field, with what was expected and what came', () => {
    expect(() => parse({ size: '3', list: {} })).toThrowError(
      'document: name: expected "name", got nothing; size: expected number, got string; list: expected Array, got object',
    );
    expect(() => parse({ name: [], size: null })).toThrowError('document: name: expected string, got Array');
    expect(() => parse(null)).toThrowError('document: top: expected Object, got null');
  });

  it('shows no value, which may be a password or have control characters', () => {
    expect(() => parse({ name: 4711, list: ['secret\u001b[31m'] })).toThrowError(
      /^document: name: expected string, got number; list.0: expected Object, got string$/,
    );
  });
});
