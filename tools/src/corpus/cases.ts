import { readFileSync } from 'node:fs';

/** One labelled pair of images in the engine: `corpus/<name>:a` and `:b`. */
export interface Case {
  readonly name: string;
  readonly label: 'same' | 'changed';
  /** What kind of noise or change it is. */
  readonly reason: string;
}

/** The pairs of a table with the columns `case`, `label`, `reason`. Throws for a row that has another label. */
export function readCases(path: string): Case[] {
  const [header = '', ...rows] = readFileSync(path, 'utf8').trim().split('\n');
  const columns = header.split('\t');
  return rows.map((row) => {
    const fields = row.split('\t');
    const field = (column: string) => fields[columns.indexOf(column)] ?? '';
    const label = field('label');
    if (label !== 'same' && label !== 'changed') throw new Error(`${path}: ${row}: expected the label same or changed`);
    return { name: field('case'), label, reason: field('reason') };
  });
}
