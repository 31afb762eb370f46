import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCases } from './cases.js';

describe('the table of labels', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'labels-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const table = (text: string) => {
    const path = join(folder, 'labels.tsv');
    writeFileSync(path, text);
    return path;
  };

  it('is read by its columns', () => {
    expect(readCases(table('label\tcase\treason\nsame\ta\tnoise\nchanged\tb\tcode\n'))).toEqual([
      { name: 'a', label: 'same', reason: 'noise' },
      { name: 'b', label: 'changed', reason: 'code' },
    ]);
  });

  it('is refused where a label is neither same nor changed', () => {
    expect(() => readCases(table('case\tlabel\treason\na\tperhaps\tx\n'))).toThrow(
      'expected the label same or changed',
    );
  });
});
