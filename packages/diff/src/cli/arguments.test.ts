import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.js';
import { helpText } from './help.js';

describe('the command line', () => {
  it("takes container-diff's flags, short and long", () => {
    const short = [
      'diff',
      'a',
      'b',
      '-t',
      'file',
      '-t',
      'apt',
      '-j',
      '-o',
      '-n',
      '-q',
      '-s',
      '-c',
      'C',
      '-w',
      'W',
      '-f',
      '/etc/x',
      '-v',
      'info',
    ];
    const long = [
      'diff',
      '--type=file',
      '--type=apt',
      '--json',
      '--order',
      '--no-cache',
      '--quiet',
      '--save',
      '--cache-dir=C',
      '--output=W',
      '--filename=/etc/x',
      '--verbosity=info',
      'a',
      'b',
    ];
    expect(parseArguments(short)).toEqual(parseArguments(long));
    expect(parseArguments(short)).toMatchObject({
      command: 'diff',
      images: ['a', 'b'],
      types: ['file', 'apt'],
      format: 'json',
      order: 'size',
      cache: false,
      cacheDir: 'C',
      quiet: true,
      output: 'W',
      filename: '/etc/x',
      exitCode: false,
    });
  });

  it("takes flags in the forms that Go's flags have", () => {
    expect(
      parseArguments(['diff', 'a', 'b', '-t=file', '-w=out', '-qjo=true', '--save=1', '-n=false', '--force=F']),
    ).toEqual(parseArguments(['diff', 'a', 'b', '-tfile', '-wout', '-qjo', '--save']));
    expect(parseArguments(['diff', 'a', 'b', '-wx=y', '--output', 'z=t'])).toMatchObject({ output: 'z=t' });
    expect(parseArguments(['diff', 'a', 'b', '-wx=y'])).toMatchObject({ output: 'x=y' });
    expect(parseArguments(['diff', 'a', '--', '-j=true'])).toMatchObject({ images: ['a', '-j=true'], format: 'text' });
    expect(() => parseArguments(['diff', 'a', 'b', '--json=yes'])).toThrow(/does not take an argument/);
  });

  it('takes the flags that all commands have in front of the command, as container-diff does', () => {
    const all = ['--format=json', '--registry-certificate', 'h=/c.pem', '--skip-tls-verify-registry=i'];
    for (const level of [['-v', 'info'], ['-vinfo'], ['-v=info'], ['--verbosity', 'info'], ['--verbosity=info']])
      expect(parseArguments([...level, ...all, 'diff', 'a', 'b'])).toEqual(
        parseArguments(['diff', 'a', 'b', ...level, ...all]),
      );
    expect(parseArguments(['-v', 'info', 'help', 'diff'])).toEqual({ command: 'help', of: 'diff' });
    expect(() => parseArguments(['-v'])).not.toThrow();
    expect(() => parseArguments(['--json', 'diff', 'a', 'b'])).toThrow(/unknown command/);
  });

  it('takes an option with an empty value for one that was not given', () => {
    const empty = ['-w', '', '-c=', '-f', '', '--format=', '--platform', '', '-v', ''];
    expect(parseArguments(['diff', 'a', 'b', ...empty])).toEqual(parseArguments(['diff', 'a', 'b']));
    expect(() => parseArguments(['diff', 'a', 'b', '--type='])).toThrow(/--type: expected one of/);
  });

  it('looks at the size where no type is named', () => {
    expect(parseArguments(['analyze', 'a'])).toMatchObject({ types: ['size'], format: 'text', order: 'name' });
  });

  it('takes several types with commas', () => {
    expect(parseArguments(['analyze', 'a', '--type=apt,pip'])).toMatchObject({ types: ['apt', 'pip'] });
  });

  it('takes stdin for one image', () => {
    expect(parseArguments(['compare', '-', 'b'])).toMatchObject({ images: ['-', 'b'], profile: 'content' });
  });

  it('collects globs, rules and registries', () => {
    expect(
      parseArguments([
        ...['compare', 'a', 'b', '--ignore', 'x/**', '--ignore', 'y', '--rule-off', 'r', '--rule-on', 's'],
        ...['--skip-tls-verify-registry', 'h:5000', '--registry-certificate', 'h=/c=d.pem'],
      ]),
    ).toMatchObject({
      ignore: ['x/**', 'y'],
      rules: { r: false, s: true },
      uncheckedRegistries: ['h:5000'],
      certificates: new Map([['h', '/c=d.pem']]),
    });
  });

  it.each([
    [['frob'], /unknown command "frob"/],
    [['help', 'frob'], /unknown command "frob"/],
    [['compare', 'a'], /expected two images, got 1/],
    [['diff', 'a', 'b', 'c'], /expected two images, got 3/],
    [['analyze'], /expected one image, got 0/],
    [['compare', '-', '-'], /only one/],
    [['diff', 'a', 'b', '--type=sizes'], /--type: expected one of history, .*, got "sizes"/],
    [['diff', 'a', 'b', '--filename=x'], /--type=file/],
    [['diff', 'a', 'b', '--frob'], /Unknown option '--frob'/],
    [['diff', 'a', 'b', '--type'], /argument missing/],
    [['analyze', 'a', '--format={{.Analysis}}'], /Go templates/],
    [['analyze', 'a', '--format=xml'], /expected one of text, json, markdown/],
    [['analyze', 'a', '-j', '--format=text'], /can't both be/],
    [['compare', 'a', 'b', '--profile=loose'], /expected one of content, strict, size\+history/],
    [['compare', 'a', 'b', '--rule-on=r', '--rule-off=r'], /both on and off/],
    [['compare', 'a', 'b', '--registry-certificate=x'], /registry=path/],
  ])('%j is refused with what is wrong', (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });

  it.each([[[]], [['help']], [['--help']], [['-h']]])('%j is help', (args) => {
    expect(parseArguments(args)).toEqual({ command: 'help', of: undefined });
  });

  it.each(['compare', 'diff', 'analyze'])('%s has a page of help that names each of its options', (command) => {
    expect(parseArguments([command, '--help'])).toEqual({ command: 'help', of: command });
    expect(helpText(command)).toContain(`image-diff ${command}`);
    for (const option of ['--json', '--output', '--no-cache', '--platform'])
      expect(helpText(command)).toContain(option);
  });
});
