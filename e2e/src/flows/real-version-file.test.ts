import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { Workspace } from '../harness/workspace.js';

/** The version file of the system that this one succeeds: nine months of releases. Not part of this repository. */
const real = fileURLToPath(new URL('../../../../shared/vro/image_versions.src', import.meta.url));

describeE2e('a version file with nine months of history', () => {
  test.runIf(existsSync(real))('is written back byte for byte but for the lines meant', async () => {
    const ws = await Workspace.create();
    const text = await readFile(real, 'utf8');
    await ws.write('image_versions.src', text);
    await ws.commit('the real file');
    await ws.mustNx('run db-init:publish-image');
    await ws.mustNx('run db-init:pin --version=v3.6.16');
    const pinned = await ws.read('image_versions.src');
    expect(pinned.startsWith(text)).toBe(true);
    expect(pinned.slice(text.length)).toMatch(/^# [\w: ]+ UTC \d{4} -- v3\.6\.16\ndbinit_VER="v3\.6\.16"\n$/);
    await ws.edit('db-init/init.sh', (script) => script.replace('set -eu', 'set -e'));
    const sha = await ws.commit('change');
    await ws.mustNx('run db-init:publish-image');
    expect(await ws.read('image_versions.src')).toBe(pinned.replace('dbinit_VER="v3.6.16"\n', ''));
    expect(await ws.version('dbinit')).toBe(sha);
    expect(await ws.version('redis')).toBe('v3.6.14');
    await ws.remove();
  });
});
