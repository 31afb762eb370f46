import { describe, expect, it } from 'vitest';
import { type BaseLookup, lookUpBases } from './base-digests.js';

const digest = `sha256:${'a'.repeat(64)}`;
const lookup = (parts: Partial<BaseLookup>): BaseLookup => ({
  inRegistry: async () => digest,
  inEngine: async () => undefined,
  ...parts,
});

describe('the digest of a base', () => {
  it('is what the registry has', async () => {
    expect(await lookUpBases(['debian:12'], lookup({}))).toEqual(new Map([['debian:12', { digest }]]));
  });

  it('is asked for once, however many images are built on it', async () => {
    const asked: string[] = [];
    const inRegistry = async (name: string) => {
      asked.push(name);
      return digest;
    };
    await lookUpBases(['a:1', 'b:1', 'a:1', 'a:1'], lookup({ inRegistry }));
    expect(asked).toEqual(['a:1', 'b:1']);
  });

  it('is the one in its name, without asking', async () => {
    const inRegistry = async () => {
      throw new Error('asked');
    };
    const name = `a@${digest}`;
    expect((await lookUpBases([name], lookup({ inRegistry }))).get(name)).toEqual({ digest });
  });

  it('is not asked of the engine where the registry knows it', async () => {
    const inEngine = async () => {
      throw new Error('asked');
    };
    expect((await lookUpBases(['a:1'], lookup({ inEngine }))).get('a:1')).toEqual({ digest });
  });

  it('is the ID of an image that was made in the engine', async () => {
    const inRegistry = (_: string, signal: AbortSignal) =>
      new Promise<string>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    const found = await lookUpBases(
      ['mine:1'],
      lookup({ inRegistry, inEngine: async () => ({ id: 'sha256:1', wasPulled: false }) }),
      1,
    );
    expect(found.get('mine:1')).toEqual({ digest: 'engine:sha256:1' });
  });

  it('is what the engine pulled, and a problem, where the registry does not answer', async () => {
    const inRegistry = async () => {
      throw new Error('no answer');
    };
    const found = await lookUpBases(
      ['a:1'],
      lookup({ inRegistry, inEngine: async () => ({ id: 'sha256:1', wasPulled: true }) }),
    );
    expect(found.get('a:1')).toEqual({ digest: 'engine:sha256:1', problem: 'no answer' });
  });

  it('is unknown, with the reason, where nobody knows it', async () => {
    const found = await lookUpBases(['a:1'], lookup({ inRegistry: async () => undefined }));
    expect(found.get('a:1')).toEqual({ digest: 'unknown', problem: 'the registry has no such tag' });
  });
});
