import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const shadow = (line: string) => `root:*:19700:0:99999:7:::\n${line}\n`;
const isSame = (a: string, b: string) => isSameButNoise('etc/shadow', shadow(a), shadow(b));
const TRON = 'tron:$y$j9T$abc$def:19700:0:99999:7:::';

describe('shadow-days', () => {
  it('hides the day of the last change where passwords do not expire', () => {
    expect(isSame(TRON, 'tron:$y$j9T$abc$def:19709:0:99999:7:::')).toBe(true);
    expect(isSame('tron:!:19700::::::', 'tron:!:19709::::::')).toBe(true);
  });

  it.each<[string, string]>([
    ['another hash', 'tron:$y$j9T$abc$deg:19700:0:99999:7:::'],
    ['a lock', 'tron:!$y$j9T$abc$def:19700:0:99999:7:::'],
    ['no password', 'tron::19700:0:99999:7:::'],
    ['another user', 'trom:$y$j9T$abc$def:19700:0:99999:7:::'],
    ['a user more', `${TRON}\nclu:!:19700:0:99999:7:::`],
    ['day 0: must be changed at the next login', 'tron:$y$j9T$abc$def:0:0:99999:7:::'],
    ['no day: no ageing', 'tron:$y$j9T$abc$def::0:99999:7:::'],
    ['an expiry', 'tron:$y$j9T$abc$def:19700:0:99999:7::20000:'],
  ])('keeps %s', (_, line) => {
    expect(isSame(TRON, line)).toBe(false);
  });

  it('keeps the day where the password expires some days after it', () => {
    expect(isSame('tron:x:19700:0:90:7:::', 'tron:x:19709:0:90:7:::')).toBe(false);
  });

  it('keeps the day before which, with a minimum of days, it may not be changed', () => {
    expect(isSame('tron:x:19700:7:99999:7:::', 'tron:x:19709:7:99999:7:::')).toBe(false);
  });

  it('names users, and shows no hash of a password', () => {
    const parts = formed('etc/shadow', shadow(TRON))?.parts ?? [];
    expect(parts.map(({ name }) => name)).toEqual(['root', 'tron']);
    expect(JSON.stringify(parts)).not.toContain('abc$def');
  });
});
