/** The packed packages, installed as a user would: npm tarballs in a fresh workspace, one for each version of Nx. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from './command.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
export const sampleFolder = fileURLToPath(new URL('../../../e2e/sample', import.meta.url));

/** The versions of Nx that are supported, each by its newest release, with the devkit that goes with it. */
export const nxVersions = {
  22: { nx: '22.7.12', devkit: '22.7.12' },
  23: { nx: '23.3.2', devkit: '23.3.2' },
  24: { nx: '24.0.6', devkit: '24.0.0' },
} as const;

export type NxMajor = keyof typeof nxVersions;

/** Packs all public packages; they must have been built. */
export async function packPackages(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-packed-'));
  await must('npm', ['pack', '--workspaces', '--if-present', '--pack-destination', folder], { cwd: repository });
  return folder;
}

/** A copy of the sample workspace with everything installed: a template, made once for a version of Nx and then copied. */
export async function installTemplate(packed: string, major: NxMajor): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `image-versions-nx${major}-`));
  await cp(sampleFolder, folder, { recursive: true });
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  const { nx, devkit } = nxVersions[major];
  manifest.devDependencies = { nx, '@nx/devkit': devkit, ...(await tarballs(packed)) };
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`);
  await must('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder });
  return folder;
}

/** A new workspace made from a template: files copied, installed packages linked. */
export async function copyTemplate(template: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of await readdir(template)) {
    if (name === '.nx' || name === 'node_modules') continue;
    await cp(join(template, name), join(target, name), { recursive: true });
  }
  await must('cp', ['-al', join(template, 'node_modules'), join(target, 'node_modules')]);
  await rm(join(target, 'node_modules', '.cache'), { recursive: true, force: true });
}

async function tarballs(packed: string): Promise<Record<string, string>> {
  const names = (await readdir(packed)).filter((name) => /^image-versions-(oci|diff|nx)-\d/.test(name));
  return Object.fromEntries(
    names.map((name) => [
      `@image-versions/${name.replace(/^image-versions-/, '').replace(/-\d.*$/, '')}`,
      `file:${join(packed, name)}`,
    ]),
  );
}
