import { type TarLiteral, writeTar } from '@image-versions/oci/testing';
import { describe, expect, it } from 'vitest';
import type { PackageFact } from './entry.js';
import { EntryPool } from './entry-pool.js';
import { EVIDENCE_LIMIT_BYTES } from './evidence-limit.js';
import { FileInspector } from './file-inspector.js';
import { indexLayer } from './index-layer.js';
import type { Inspectors } from './inspect.js';

const nothing = new FileInspector({ version: '1', normalizers: [], packageReaders: [] });

async function* layer(...files: TarLiteral[]) {
  yield writeTar(files);
}

describe('the pool of layer indexes', () => {
  it('is one for all layers that share it', async () => {
    const pool = new EntryPool(900);
    await indexLayer(layer({ path: 'a' }), nothing, pool);
    await expect(indexLayer(layer({ path: 'b' }), nothing, pool)).rejects.toMatchObject({ code: 'limit' });
  });

  it('counts an equal file of another layer by its place alone, and any other in full', async () => {
    const pool = new EntryPool(2600);
    const first = await indexLayer(layer({ path: 'a' }), nothing, pool);
    for (let at = 0; at < 5; at++) {
      const again = await indexLayer(layer({ path: 'a' }), nothing, pool);
      expect(again.entries[0]).toBe(first.entries[0]);
    }
    const other = await indexLayer(layer({ path: 'a', mode: 0o600 }), nothing, pool);
    expect(other.entries[0]).toMatchObject({ mode: 0o600 });
    await expect(indexLayer(layer({ path: 'a', mode: 0o640 }), nothing, pool)).rejects.toMatchObject({
      code: 'limit',
    });
  });

  it.each<[string, TarLiteral]>([
    ['names', { path: 'n'.repeat(2000) }],
    ['directories that are only part of a name', { path: 'a/'.repeat(100) }],
    ['targets of links', { path: 'a', type: 'symlink', linkPath: 'n'.repeat(2000) }],
    [
      'attributes',
      { path: 'a', xattrs: Object.fromEntries([...'abcdefghij'].map((name) => [`user.${name}`, 'x'.repeat(100)])) },
    ],
    ['whiteouts', { path: `.wh.${'n'.repeat(2000)}` }],
  ])('counts %s', async (_, file) => {
    await indexLayer(layer({ path: 'a' }), nothing, new EntryPool(2000));
    await expect(indexLayer(layer(file), nothing, new EntryPool(2000))).rejects.toMatchObject({ code: 'limit' });
  });

  it('leaves out evidence that is too much, and keeps what the verdict rests on', async () => {
    const many = Array.from(
      { length: 10_000 },
      (_, at): PackageFact => ({ type: 'npm', name: `${at}`, version: 'v'.repeat(500) }),
    );
    const digest = `sha256:${'0'.repeat(64)}` as const;
    const inspectors: Inspectors = {
      version: '1',
      normalizers: [
        {
          name: 'r',
          matches: () => true,
          normalize: () => ({ rule: 'r', digest, parts: [{ name: 'p', value: 'v' }] }),
        },
      ],
      packageReaders: [{ type: 'npm', matches: () => true, read: () => many }],
    };
    const count = Math.ceil(EVIDENCE_LIMIT_BYTES / (10_000 * 500));
    const files = Array.from({ length: count }, (_, at): TarLiteral => ({ path: `${String.fromCharCode(97 + at)}` }));
    const { entries } = await indexLayer(layer(...files), new FileInspector(inspectors));
    expect(entries[0]).toMatchObject({ normal: { parts: [{ name: 'p' }] }, packages: { length: 10_000 } });
    expect(entries.at(-1)).toMatchObject({ normal: { rule: 'r', digest } });
    expect(entries.at(-1)).not.toHaveProperty('packages');
    expect(entries.at(-1)?.normal).not.toHaveProperty('parts');
  });
});
