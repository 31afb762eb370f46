import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRegistryTls } from './registry-tls.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('registries with certificates of their own', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';

  it('are trusted by the certificate in the file, or not checked', async () => {
    const path = join(folder, 'ca.pem');
    writeFileSync(path, pem);
    const tls = await readRegistryTls({ certificates: new Map([['a:5000', path]]), uncheckedRegistries: ['b'] });
    expect([...tls]).toEqual([
      ['a:5000', { certificates: pem }],
      ['b', { isChecked: false }],
    ]);
  });

  it('are an error where the file is not there, or is no certificate', async () => {
    const read = (path: string) => readRegistryTls({ certificates: new Map([['a', path]]), uncheckedRegistries: [] });
    await expect(read(join(folder, 'none'))).rejects.toThrow(/registry-certificate.*ENOENT/);
    writeFileSync(join(folder, 'x'), 'x');
    await expect(read(join(folder, 'x'))).rejects.toThrow(/PEM/);
  });
});
