/**
 * The base images of the sample workspace. No image can be pulled where these tests run, so they are made of Debian's
 * packages: once for an engine, then kept there.
 */
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, must } from './command.js';

const debian = 'image-versions-e2e/debian:12';
/** Python and Ruby. */
const scripting = 'image-versions-e2e/scripting:12';
/** These, and Java, which is four times as large. */
const runtime = 'image-versions-e2e/runtime:12';

/** Each base's name below `<registry>/base/`, and the image in the engine that it is a tag of. */
export const bases: Readonly<Record<string, string>> = {
  'debian:12': debian,
  'java:17': runtime,
  'python:3': scripting,
  'ruby:3.1': scripting,
};

/** Makes the base images that the engine lacks: two minutes the first time. */
export async function ensureBases(): Promise<void> {
  const there = await Promise.all([debian, scripting, runtime].map(has));
  if (there.every(Boolean)) return;
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-bases-'));
  const rootfs = join(folder, 'rootfs');
  try {
    await must('debootstrap', ['--variant=minbase', 'bookworm', rootfs, await mirror()]);
    await importRootfs(rootfs, debian);
    await takeAptSettings(rootfs);
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive' };
    await must('chroot', [rootfs, 'apt-get', 'update', '-q'], { env });
    const install = (...packages: string[]) =>
      must('chroot', [rootfs, 'apt-get', 'install', '-yq', '--no-install-recommends', ...packages], { env });
    await install('python3-minimal', 'ruby');
    await importRootfs(rootfs, scripting);
    // The trust store of Java asks for /proc; mounted for as long as it takes.
    await must('mount', ['-t', 'proc', 'proc', join(rootfs, 'proc')]);
    try {
      await install('openjdk-17-jre-headless');
    } finally {
      await must('umount', [join(rootfs, 'proc')]);
    }
    await importRootfs(rootfs, runtime);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function has(image: string): Promise<boolean> {
  return (await command('docker', ['image', 'inspect', image])).code === 0;
}

async function mirror(): Promise<string> {
  const sites = await must('apt-get', ['indextargets', '--format', '$(SITE)', 'Codename: bookworm']);
  return sites.split('\n')[0] || 'http://deb.debian.org/debian';
}

/** The system's own Debian sources and download settings, for use in the new root. */
async function takeAptSettings(rootfs: string): Promise<void> {
  await rm(join(rootfs, 'etc/apt/sources.list'), { force: true });
  for (const [folder, wanted] of [
    ['etc/apt/sources.list.d', /debian-archive-keyring/],
    ['etc/apt/apt.conf.d', /Acquire::(Check|https?)/],
  ] as const) {
    for (const name of await readdir(join('/', folder))) {
      const file = join('/', folder, name);
      if (wanted.test(await readFile(file, 'utf8'))) await copyFile(file, join(rootfs, folder, name));
    }
  }
}

async function importRootfs(rootfs: string, image: string): Promise<void> {
  const skip = ['./var/lib/apt/lists/*', './var/cache/apt/*', './usr/share/man/*', './usr/share/locale/*', './proc/*'];
  const tar = `tar -C "$1" ${skip.map((path) => `--exclude='${path}'`).join(' ')} -c . | docker import - "$2"`;
  await must('sh', ['-c', tar, 'sh', rootfs, image]);
}
