import { readFile } from 'node:fs/promises';
import type { RegistryTls } from '@image-versions/oci';
import { DiffError } from '../errors.js';
import type { OpenOptions } from './services.js';

/** What `--registry-certificate` and `--skip-tls-verify-registry` say, by registry. Throws `failed` for a file that can't be read. */
export async function readRegistryTls({
  uncheckedRegistries,
  certificates,
}: Pick<OpenOptions, 'uncheckedRegistries' | 'certificates'>): Promise<ReadonlyMap<string, RegistryTls>> {
  const tls = new Map<string, RegistryTls>();
  for (const [host, path] of certificates) {
    const text = await readFile(path, 'utf8').catch((error: Error) => {
      throw new DiffError('failed', `--registry-certificate: ${error.message}`, { cause: error });
    });
    if (!text.includes('-----BEGIN CERTIFICATE-----')) {
      throw new DiffError('failed', `--registry-certificate: ${path} has no certificate in the form of PEM`);
    }
    tls.set(host, { certificates: text });
  }
  for (const host of uncheckedRegistries) tls.set(host, { ...tls.get(host), isChecked: false });
  return tls;
}
