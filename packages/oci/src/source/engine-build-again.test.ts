import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OciError } from '../errors.js';
import type { EngineClient, EngineRequest } from './engine-client.js';
import { engineOf } from './engine-operations.js';

const id = `sha256:${'a'.repeat(64)}`;
const gone = { error: `unable to find image "sha256:${'b'.repeat(64)}"` };
const inspected = { Id: id, Os: 'linux', Architecture: 'amd64', Config: {}, RootFS: { Type: 'layers', Layers: [] } };

let context = '';
beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), 'engine-build-again-'));
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\n');
});
afterAll(() => rm(context, { recursive: true, force: true }));

/** An engine that answers each build with the next of `builds`, and has what was built if `inspects` says so in its turn. */
function engineThat(builds: readonly object[], inspects: readonly boolean[]) {
  const asked: unknown[] = [];
  const has = [...inspects];
  const answers = [...builds];
  const client: EngineClient = {
    async stream({ query, body }: EngineRequest) {
      asked.push(query?.nocache);
      (body as Readable | undefined)?.resume();
      return Readable.from([`${JSON.stringify(answers.shift())}\n`]) as unknown as IncomingMessage;
    },
    async json() {
      if (has.shift()) return inspected;
      throw new OciError('not-found', 'no such image');
    },
  };
  return { asked, engine: engineOf(client, { version: '20.10.24', kind: 'docker', url: 'fault' }) };
}

const built = { aux: { ID: id } };

test('an image that goes while it is taken from the cache: built once more, without the cache', async () => {
  const { asked, engine } = engineThat([gone, built], [true]);
  const lines: string[] = [];
  const image = await engine.build({ context, onProgress: (line) => lines.push(line) });
  expect(image.id).toBe(id);
  expect(asked).toEqual([undefined, true]);
  expect(lines).toEqual([expect.stringMatching(/removed while it was used: building again without the cache/)]);
});

test('an image that goes when it is built, before it is looked at: the same', async () => {
  const { asked, engine } = engineThat([built, built], [false, true]);
  expect((await engine.build({ context })).id).toBe(id);
  expect(asked).toEqual([undefined, true]);
});

test('once more, not for ever; and not where no cache was used', async () => {
  const twice = engineThat([gone, gone], []);
  await expect(twice.engine.build({ context })).rejects.toMatchObject({ code: 'build-failed' });
  expect(twice.asked).toHaveLength(2);
  const fresh = engineThat([gone], []);
  await expect(fresh.engine.build({ context, noCache: true })).rejects.toMatchObject({ code: 'build-failed' });
  expect(fresh.asked).toHaveLength(1);
});

test('a base that is not there is told at once', async () => {
  const { asked, engine } = engineThat([{ error: 'No such image: example/base:1' }], []);
  await expect(engine.build({ context })).rejects.toMatchObject({ hint: expect.stringContaining('base image') });
  expect(asked).toHaveLength(1);
});
