import { describe, expect, it } from 'vitest';
import { progressOn, type Terminal } from './terminal.js';

function terminalWith(isTerminal: boolean, env: Record<string, string> = {}) {
  const written: string[] = [];
  const output = { isTerminal, write: async (text: string) => void written.push(text) };
  const terminal: Terminal = {
    args: [],
    env,
    stdout: output,
    stderr: output,
    signal: new AbortController().signal,
  };
  return { terminal, written };
}

describe('progress', () => {
  it('is shown after half a second, at most ten times a second, and taken away', async () => {
    const { terminal, written } = terminalWith(true);
    let time = 0;
    const progress = progressOn(terminal, false, () => time);
    for (time = 0; time <= 1000; time += 10) progress.add(1024 * 1024);
    expect(written).toHaveLength(6);
    expect(written[0]).toBe('\r\u001b[Kreading: 51.0 MiB (102.0 MiB/s)');
    await progress.done();
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('stays on one line of a narrow terminal', () => {
    const { terminal, written } = terminalWith(true);
    const stderr = { ...terminal.stderr, columns: () => 12 };
    let time = 0;
    const progress = progressOn({ ...terminal, stderr }, false, () => time);
    for (time = 0; time <= 600; time += 10) progress.add(1024 * 1024);
    expect(written[0]).toBe('\r\u001b[Kreading: 51');
  });

  it.each([
    ['no terminal', false, {}, false],
    ['CI', true, { CI: 'true' }, false],
    ['--quiet', true, {}, true],
  ])('is not shown with %s', async (_, isTerminal, env, isQuiet) => {
    const { terminal, written } = terminalWith(isTerminal, env);
    let time = 0;
    const progress = progressOn(terminal, isQuiet, () => time);
    for (time = 0; time < 5000; time += 100) progress.add(1);
    await progress.done();
    expect(written).toEqual([]);
  });
});
