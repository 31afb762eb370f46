import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageSet, OciError } from '@image-versions/oci';
import { type ImageLiteral, type MemoryImage, memoryImage } from '@image-versions/oci/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Comparison } from '../compare/comparison.js';
import { openLayerCache } from '../layer/layer-cache.js';
import { run } from './run.js';
import type { Services } from './services.js';
import type { Terminal } from './terminal.js';

let folder: string;
let images: Record<string, MemoryImage>;
let closed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-diff-'));
  closed = [];
  images = {
    'daemon://a': memoryImage(literal('hello\nworld\n')),
    b: memoryImage(literal('hello\nthere\n')),
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

function literal(text: string | Buffer): ImageLiteral {
  return {
    layers: [
      [
        { path: 'etc/motd', content: text },
        { path: 'etc/link', type: 'symlink', linkPath: 'motd' },
      ],
    ],
    config: { User: 'app' },
  };
}

function setOf(name: string, image: MemoryImage): ImageSet {
  return {
    name,
    digest: image.manifestDigest,
    isIndex: false,
    annotations: {},
    readPlatforms: async () => [image.config.platform],
    open: async () => image,
    close: async () => void closed.push(name),
  };
}

const same: Comparison = {
  verdict: 'same',
  decidedBy: 'content',
  before: { name: 'a' },
  after: { name: 'b' },
  changes: [],
  truncated: false,
  categories: [],
  noise: [],
  profile: 'content',
  policyVersion: '1',
};

async function cli(
  args: string[],
  options: { services?: Partial<Services>; terminal?: Partial<Terminal>; isTerminal?: boolean } = {},
) {
  const out = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTerminal: options.isTerminal ?? false,
    write: async (text: string) => {
      out[name] += text;
    },
  });
  const terminal: Terminal = {
    args,
    env: {},
    stdout: output('stdout'),
    stderr: output('stderr'),
    signal: new AbortController().signal,
    ...options.terminal,
  };
  const services: Services = {
    openImages: async (name) => {
      const image = images[name];
      if (!image) throw new OciError('not-found', `${name}: not there`, { hint: 'Build it.' });
      return setOf(name, image);
    },
    compare: async () => same,
    openCache: (_, version) => openLayerCache(folder, version),
    printComparison: (comparison, format) => `${format} ${comparison.verdict}\n`,
    version: '1.2.3',
    ...options.services,
  };
  return { code: await run(terminal, services), ...out };
}

describe('image-diff compare', () => {
  it.each([
    ['same', 0],
    ['changed', 1],
  ] as const)('says %s with exit code %d', async (verdict, code) => {
    const result = await cli(['compare', 'daemon://a', 'b'], {
      services: { compare: async () => ({ ...same, verdict }) },
    });
    expect(result).toEqual({ code, stdout: `text ${verdict}\n`, stderr: '' });
    expect(closed).toEqual(['daemon://a', 'b']);
  });

  it('prints the comparison as JSON, and gives the policy on', async () => {
    let asked: unknown;
    const compare: Services['compare'] = async (_before, _after, command) => {
      asked = command;
      return same;
    };
    const { stdout } = await cli(['compare', 'daemon://a', 'b', '--json', '--ignore=x', '--profile=strict'], {
      services: { compare },
    });
    expect(JSON.parse(stdout)).toEqual(same);
    expect(asked).toMatchObject({ profile: 'strict', ignore: ['x'] });
  });

  it('escapes in JSON what a terminal acts on', async () => {
    const name = 'a\u009b31m\u202e\u007f\n';
    const compare = async () => ({ ...same, before: { name } });
    const { stdout } = await cli(['compare', 'daemon://a', 'b', '--json'], { services: { compare } });
    expect(stdout).toContain('a\\u009b31m\\u202e\\u007f\\n');
    expect(JSON.parse(stdout)).toMatchObject({ before: { name } });
  });

  it('prints Markdown where asked', async () => {
    expect((await cli(['compare', 'daemon://a', 'b', '--format=markdown'])).stdout).toBe('markdown same\n');
  });

  it('that fails is exit code 2 with message and hint, and closes what was open', async () => {
    expect(await cli(['compare', 'daemon://a', 'gone'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'image-diff: gone: not there\n  Build it.\n',
    });
    expect(closed).toEqual(['daemon://a']);
  });

  it('shows where an unexpected error happened only with -v debug', async () => {
    const services = {
      compare: async () => {
        throw new TypeError('x is undefined');
      },
    };
    expect((await cli(['compare', 'daemon://a', 'b'], { services })).stderr).not.toContain(' at ');
    expect((await cli(['compare', 'daemon://a', 'b', '-v', 'debug'], { services })).stderr).toContain(' at ');
  });

  it('that was interrupted is exit code 130 without a message', async () => {
    const services = {
      compare: async () => {
        throw new OciError('aborted', 'aborted');
      },
    };
    const result = await cli(['compare', 'daemon://a', 'b'], { services, terminal: { signal: AbortSignal.abort() } });
    expect(result).toEqual({ code: 130, stdout: '', stderr: '' });
  });
});

describe('image-diff diff', () => {
  it("prints container-diff's JSON and is exit code 0, or 1 with --exit-code", async () => {
    const args = ['diff', 'daemon://a', 'b', '--type=file', '--type=metadata', '-j'];
    const { code, stdout } = await cli(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      {
        Image1: 'a',
        Image2: 'b',
        DiffType: 'File',
        Diff: { Adds: null, Dels: null, Mods: [{ Name: '/etc/motd', Size1: 12, Size2: 12 }] },
      },
      { Image1: 'a', Image2: 'b', DiffType: 'Metadata', Diff: { Adds: [], Dels: [] } },
    ]);
    expect((await cli([...args, '--exit-code'])).code).toBe(1);
    expect((await cli(['diff', 'daemon://a', 'daemon://a', '--type=file', '--exit-code'])).code).toBe(0);
  });

  it('shows the text of one file, through symlinks of the image', async () => {
    const { stdout } = await cli(['diff', 'daemon://a', 'b', '-t', 'file', '-f', '/etc/link']);
    expect(stdout).toContain('/etc/link: they differ\n--- a\n+++ b\n@@ -1,2 +1,2 @@\n hello\n-world\n+there\n');
  });

  it('sees the bytes of a file that is not UTF-8', async () => {
    images['daemon://a'] = memoryImage(literal(Buffer.from('caf\u00e9\n', 'latin1')));
    images.b = memoryImage(literal(Buffer.from('caf\u00e8\u009b\n', 'latin1')));
    const { stdout } = await cli(['diff', 'daemon://a', 'b', '-t', 'file', '-f', '/etc/motd']);
    expect(stdout).toContain('/etc/motd: they differ\n--- a\n+++ b\n@@ -1 +1 @@\n-caf\u00e9\n+caf\u00e8\\u009b\n');
    images.b = memoryImage(literal('caf\u00e9\n'));
    expect((await cli(['diff', 'daemon://a', 'b', '-t', 'file', '-f', '/etc/motd'])).stdout).toContain('they differ');
  });

  it('of a file that neither has is an error', async () => {
    expect(await cli(['diff', 'daemon://a', 'b', '-t', 'file', '-f', '/etc/none'])).toMatchObject({
      code: 2,
      stdout: '',
    });
  });

  it('of packages by layer is an error, and not "no difference"', async () => {
    const { code, stderr } = await cli(['diff', 'daemon://a', 'b', '--type=aptlayer', '--type=size']);
    expect(code).toBe(2);
    expect(stderr).toContain('analyze --type=aptlayer');
  });
});

describe('image-diff analyze', () => {
  it('reads no layer for the config, and each layer once, then from the cache', async () => {
    const image = images['daemon://a'] as MemoryImage;
    await cli(['analyze', 'daemon://a', '--type=history', '--type=metadata']);
    expect(image.layersRead).toHaveLength(0);
    await cli(['analyze', 'daemon://a', '--type=size']);
    await cli(['analyze', 'daemon://a', '--type=file']);
    expect(image.layersRead).toHaveLength(1);
    await cli(['analyze', 'daemon://a', '--type=file', '--no-cache']);
    expect(image.layersRead).toHaveLength(2);
  });

  it('writes to a file, not over one that exists unless forced', async () => {
    const file = join(folder, 'out.json');
    expect(await cli(['analyze', 'b', '-j', '-w', file])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ Image: 'b', AnalyzeType: 'Size' }]);
    const openImages = async () => expect.unreachable();
    expect(await cli(['analyze', 'b', '-w', file], { services: { openImages } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--force'),
    });
    expect(await cli(['analyze', 'b', '-w', file, '--force'])).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toMatch(/^Size: b\n/);
  });

  it('writes to what is no file without being forced', async () => {
    expect(await cli(['analyze', 'b', '-w', '/dev/null'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await cli(['analyze', 'b', '-w', '/dev/full'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ENOSPC'),
    });
    expect(await cli(['analyze', 'b', '-w', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('EISDIR'),
    });
  });

  it('is coloured on a terminal, unless NO_COLOR says no', async () => {
    const args = ['analyze', 'b'];
    expect((await cli(args)).stdout).not.toContain('\u001b');
    expect((await cli(args, { isTerminal: true })).stdout).toContain('\u001b');
    expect((await cli(args, { isTerminal: true, terminal: { env: { NO_COLOR: '1' } } })).stdout).not.toContain(
      '\u001b',
    );
    expect((await cli(args, { terminal: { env: { FORCE_COLOR: '1' } } })).stdout).toContain('\u001b');
  });

  it('says once that there is nothing to save', async () => {
    expect((await cli(['analyze', 'b', '--save'])).stderr).toContain('--save');
    expect((await cli(['analyze', 'b', '--save', '--quiet'])).stderr).toBe('');
  });
});

it('image-diff version and help print and are exit code 0', async () => {
  expect(await cli(['version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  expect(await cli([])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: image-diff') });
  expect(await cli(['frob'])).toMatchObject({ code: 2, stdout: '' });
});
