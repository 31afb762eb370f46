/**
 * The base images of the sample workspace. No image can be pulled where these tests run, so they are made of Debian's
 * packages: once for an engine, then kept there.
 */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, must } from './command.js';

const debian = 'image-versions-e2e/debian:12-added';
/** Python and Ruby. */
const scripting = 'image-versions-e2e/scripting:12-added';
/** A Java of the one module that the sample needs. */
const java = 'image-versions-e2e/java:17-added';

/** Each base's name below `<registry>/base/`, and the image in the engine that it is a tag of. */
export const bases = {
  'debian:12': debian,
  'java:17': java,
  'python:3': scripting,
  'ruby:3.1': scripting,
} as const;

/** Makes the base images that the engine lacks: a minute the first time. */
export async function ensureBases(): Promise<void> {
  const there = await Promise.all([debian, java, scripting].map(has));
  if (there.every(Boolean)) return;
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-bases-'));
  const rootfs = join(folder, 'rootfs');
  try {
    await must('debootstrap', ['--variant=minbase', 'bookworm', rootfs, await mirror()]);
    await addRootfs(rootfs, debian);
    await addJava(folder);
    await takeAptSettings(rootfs);
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive' };
    await must('chroot', [rootfs, 'apt-get', 'update', '-q'], { env });
    await must('chroot', [rootfs, 'apt-get', 'install', '-yq', '--no-install-recommends', 'python3-minimal', 'ruby'], {
      env,
    });
    await addRootfs(rootfs, scripting);
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

/** Linked from the JDK that compiles the sample. */
async function addJava(folder: string): Promise<void> {
  const context = join(folder, 'java');
  await mkdir(context);
  const modules = ['--add-modules=java.base', '--strip-debug', '--no-man-pages', '--no-header-files'];
  await must('jlink', [...modules, `--output=${join(context, 'java')}`]);
  await writeFile(
    join(context, 'Dockerfile'),
    `FROM ${debian}\nCOPY java /java\nENV PATH=/java/bin:/usr/sbin:/usr/bin:/sbin:/bin\n`,
  );
  await must('docker', ['build', '-q', '-t', java, context]);
}

/** In one layer from `ADD`, as the images of Ubuntu, Alpine and others have it. */
async function addRootfs(rootfs: string, image: string): Promise<void> {
  const skip = ['./var/lib/apt/lists/*', './var/cache/apt/*', './usr/share/man/*', './usr/share/locale/*', './proc/*'];
  const context = `${rootfs}-context`;
  await mkdir(context);
  await must('tar', [
    '-C',
    rootfs,
    ...skip.map((path) => `--exclude=${path}`),
    '-cf',
    join(context, 'rootfs.tar'),
    '.',
  ]);
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nADD rootfs.tar /\nCMD ["/bin/sh"]\n');
  await must('docker', ['build', '-q', '-t', image, context]);
  await rm(context, { recursive: true });
}
