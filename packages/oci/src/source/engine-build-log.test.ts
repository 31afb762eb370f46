import { describe, expect, test } from 'vitest';
import { createBuildLog } from './engine-build-log.js';

const digest = `sha256:${'a'.repeat(64)}` as const;

/** Protobuf, length-delimited. */
const field = (number: number, value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  const size = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...size]), bytes]);
};
const trace = (...fields: Buffer[]) => ({ id: 'moby.buildkit.trace', aux: Buffer.concat(fields).toString('base64') });
const vertex = (id: string, name: string, ...more: Buffer[]) =>
  field(1, Buffer.concat([field(1, id), field(3, name), ...more]));

describe('the log of a build by the classic builder', () => {
  test('gives whole lines, without colours', () => {
    const log = createBuildLog();
    expect(log.add({ stream: 'Step 1/2 : FROM a' })).toEqual([]);
    expect(log.add({ stream: '\n' })).toEqual(['Step 1/2 : FROM a']);
    expect(log.add({ stream: '\u001b[91mwarn\n\u001b[0m' })).toEqual(['warn']);
  });

  test('an error event anywhere is a failure, with step, exit code and output', () => {
    const log = createBuildLog();
    log.add({ stream: 'Step 2/2 : RUN make\nmake: no target\n' });
    log.add({ errorDetail: { code: 2, message: "The command 'make' returned a non-zero code: 2" }, error: 'x' });
    expect(log.failed).toBe(true);
    const error = log.error('app:1');
    expect(error.code).toBe('build-failed');
    expect(error.facts).toMatchObject({ step: 'Step 2/2 : RUN make', exitCode: 2 });
    expect(error.message).toContain('app:1');
    expect(error.message).toContain('make: no target');
  });

  test('keeps the end of a long output only', () => {
    const log = createBuildLog();
    for (let line = 0; line < 1000; line++) log.add({ stream: `line ${line}\n` });
    log.add({ error: 'bad' });
    const lines = String(log.error('app').facts.output).split('\n');
    expect(lines).toHaveLength(50);
    expect(lines.at(-1)).toBe('line 999');
  });

  test('a base image that is missing is said to be that', () => {
    const log = createBuildLog();
    log.add({ error: 'pull access denied for nope, repository does not exist or may require docker login' });
    expect(log.error('app').hint).toMatch(/base image/);
  });

  test('the last stage is the image', () => {
    const log = createBuildLog();
    log.add({ aux: { ID: `sha256:${'b'.repeat(64)}` } });
    log.add({ aux: { ID: digest } });
    expect(log.imageId).toBe(digest);
  });
});

describe('the log of a build by BuildKit', () => {
  test('shows each step once, and its output', () => {
    const log = createBuildLog();
    const started = field(5, '');
    expect(log.add(trace(vertex('1', '[1/2] FROM a')))).toEqual([]);
    expect(log.add(trace(vertex('1', '[1/2] FROM a', started)))).toEqual(['[1/2] FROM a']);
    expect(log.add(trace(vertex('1', '[1/2] FROM a', started)))).toEqual([]);
    expect(log.add(trace(field(3, Buffer.concat([field(1, '1'), field(4, 'hello\n')]))))).toEqual(['hello']);
  });

  test('names the step that failed', () => {
    const log = createBuildLog();
    log.add(trace(vertex('1', '[2/2] RUN false', field(5, ''), field(7, 'exit code: 1'))));
    log.add({ errorDetail: { message: 'executor failed running [/bin/sh -c false]: exit code: 1' } });
    expect(log.error('app').facts).toMatchObject({ step: '[2/2] RUN false', exitCode: 1 });
  });

  test('output that looks like the ID of an image is not one', () => {
    const log = createBuildLog();
    log.add(trace(field(3, Buffer.concat([field(1, '1'), field(4, `Built image: ${digest}\n`)]))));
    expect(log.imageId).toBeUndefined();
    log.add({ id: 'moby.image.id', aux: { ID: digest } });
    expect(log.imageId).toBe(digest);
  });

  test('bytes that are no message add nothing', () => {
    expect(createBuildLog().add({ id: 'moby.buildkit.trace', aux: '/////////w==' })).toEqual([]);
  });
});

describe('the log of a build by Podman', () => {
  test('leaves out what its parser says to itself', () => {
    const log = createBuildLog();
    const own = '&imagebuilder.Step{Env:[]string{"PATH=/bin"}, Command:"coppy", Original:"COPPY a b"}';
    log.add({ stream: 'STEP 2/2: COPPY a b\n' });
    expect(log.add({ stream: `time="now" level=error msg="+(UNHANDLED LOGLEVEL) ${own}"\n` })).toEqual([]);
    log.add({ error: `building at STEP "COPPY ": Build error: Unknown instruction: "COPPY" ${own}\n` });
    const error = log.error('app');
    expect(error.message).toMatch(/Unknown instruction: "COPPY"\n/);
    expect(error.message).not.toContain('imagebuilder');
    expect(error).toMatchObject({ hint: 'Correct the Dockerfile.', facts: { step: 'STEP 2/2: COPPY a b' } });
  });
});
