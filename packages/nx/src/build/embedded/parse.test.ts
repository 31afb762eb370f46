import { describe, expect, it } from 'vitest';
import { parseDockerfileText } from './parse.js';

const drawn = (text: string) =>
  parseDockerfileText(text, 'Dockerfile').instructions.map(({ line, text }) => `${line}: ${text}`);

describe('a Dockerfile', () => {
  it('is read with comments, empty lines and continued lines', () => {
    const text =
      '\uFEFF# comment\r\n\r\nfrom a\r\nRUN x \\\r\n  # inside\r\n\r\n  && y \\\r\n  && z\r\n  # after\nCMD a\\\\\nUSER b';
    expect(drawn(text)).toEqual(['3: FROM a', '4: RUN x   && y   && z', '10: CMD a\\\\', '11: USER b']);
  });

  it('may have another sign to escape with', () => {
    expect(drawn('#escape = `\nFROM a\nRUN x `\n y\\\nUSER b\n')).toEqual(['2: FROM a', '3: RUN x  y\\', '5: USER b']);
    expect(() => drawn('# escape=x\nFROM a\n')).toThrow('Dockerfile:1: escape is "x"');
    expect(drawn('# a comment\n# escape=`\nFROM a\nUSER a\\\nb')).toEqual(['3: FROM a', '4: USER ab']);
  });

  it('has flags before arguments', () => {
    const [copy] = parseDockerfileText('COPY --from=a --chown="b c" --link -- --x /y\n', 'f').instructions;
    expect(copy?.flags).toEqual([
      { name: 'from', value: 'a' },
      { name: 'chown', value: 'b c' },
      { name: 'link', value: '' },
    ]);
    expect(copy?.rest).toBe('--x /y');
  });

  it('has heredocs, which are no instructions', () => {
    const text = 'COPY <<A <<-"B c" /x/\nRUN no\nA\n\t$x\n\tB c\nUSER u\n';
    const [copy, user] = parseDockerfileText(text, 'f').instructions;
    expect(copy?.heredocs).toMatchObject([
      { name: 'A', expands: true, cutsTabs: false, content: 'RUN no\n' },
      { name: 'B c', expands: false, cutsTabs: true, content: '$x\n' },
    ]);
    expect(user).toMatchObject({ keyword: 'USER', line: 6 });
  });
});
