import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { must } from '@image-versions/tools/testbed';

export interface PackageRegistry {
  /** Lines for an `.npmrc`: packages of the scope come from here, all others from where they always do. */
  readonly npmrc: string;
  stop(): Promise<void>;
}

/** An npm registry on loopback that has the packed packages, so that a package manager can add them by their names. */
export async function servePackages(packed: string): Promise<PackageRegistry> {
  const packages = new Map<string, { manifest: Record<string, unknown>; bytes: Buffer; file: string }>();
  for (const file of (await readdir(packed)).filter((name) => name.endsWith('.tgz'))) {
    const text = await must('tar', ['-xzOf', join(packed, file), 'package/package.json']);
    const manifest = JSON.parse(text);
    packages.set(`/${manifest.name}`, { manifest, bytes: await readFile(join(packed, file)), file });
  }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').replace(/\?.*/, '');
    const tarball = [...packages.values()].find(({ file }) => path === `/-/${file}`);
    if (tarball) return void response.end(tarball.bytes);
    const found = packages.get(path);
    if (!found) return void response.writeHead(404).end('{}');
    const { manifest, bytes, file } = found;
    const version = String(manifest.version);
    const dist = {
      tarball: `http://${request.headers.host}/-/${file}`,
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      shasum: createHash('sha1').update(bytes).digest('hex'),
    };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        name: manifest.name,
        'dist-tags': { latest: version },
        versions: { [version]: { ...manifest, dist } },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    npmrc: `@image-versions:registry=http://127.0.0.1:${port}/\n`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
