/** Images of real files, in about the size asked for: built once, rebuilt with only noise, and changed in the top layer. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bases, ensureBases, must } from '../testbed/index.js';

export const variants = ['first', 'noise', 'changed'] as const;
export type Variant = (typeof variants)[number];

/** In the engine as `engine[variant]`, pushed as `registry[variant]`, saved as `archive[variant]`. */
export interface BenchImages {
  readonly megabytes: number;
  readonly engine: Readonly<Record<Variant, string>>;
  readonly registry: Readonly<Record<Variant, string>>;
  readonly archive: Readonly<Record<Variant, string>>;
}

/** Left out of Debian for the small image. */
const unneeded = [
  'usr/share/doc',
  'usr/share/zoneinfo',
  'usr/lib/x86_64-linux-gnu/gconv',
  'usr/lib/x86_64-linux-gnu/perl-base',
];

/** Folders of this machine whose files fill the layers: programs and libraries first, then text. */
const fillers = [
  'usr/lib/x86_64-linux-gnu',
  'usr/lib/llvm-14',
  'usr/lib/jvm',
  'usr/lib/gcc',
  'usr/local',
  'usr/share',
  'usr/lib',
];
const appFolders = ['usr/lib/python3', 'usr/lib/python3.11', 'usr/lib/gcc', 'usr/share'];

/** What installing packages leaves behind, beside what it is for: logs with times, and a cache with addresses. */
const install = `RUN cp -r /usr/bin /usr/local/lib/installed \\
 && mkdir -p /var/log/apt && echo "Start-Date: $(date)" >> /var/log/apt/history.log \\
 && echo "Log started: $(date +%s.%N)" >> /var/log/apt/term.log \\
 && echo "$(date +%s.%N) status installed bench:amd64 1.0" >> /var/log/dpkg.log \\
 && head -c 20000 /dev/urandom > /var/cache/ldconfig/aux-cache
`;

/** Builds the images of one size, pushes them to `host` and saves them below `folder`. */
export async function makeImages(size: number, host: string, folder: string): Promise<BenchImages> {
  await ensureBases();
  const context = join(folder, `context-${size}`);
  await mkdir(context, { recursive: true });
  const base = await makeBase(size, context);
  await fill(join(context, 'app.list'), appFolders, size * 0.08, 0);
  const name = (variant: Variant) => `image-versions-bench/s${size}:${variant}`;
  const build = async (variant: Variant, version: string, time: number, args: readonly string[]) => {
    await packList(join(context, 'app.list'), join(context, 'app.tar'), time);
    await writeFile(join(context, 'version'), version);
    await writeFile(
      join(context, 'Dockerfile'),
      `FROM ${base}\nADD app.tar /app\n${install}COPY version /app/version\n`,
    );
    await must('docker', ['build', '-q', ...args, '-t', name(variant), context], { timeoutMs: 1_800_000 });
  };
  await build('first', '1\n', 1_700_000_000, []);
  await build('changed', '2\n', 1_700_000_000, []);
  await build('noise', '1\n', 1_700_100_000, ['--no-cache']);
  await rm(context, { recursive: true });

  const images = {
    engine: record(name),
    registry: record((variant) => `${host}/bench/s${size}:${variant}`),
    archive: record((variant) => join(folder, `s${size}-${variant}.tar`)),
  };
  for (const variant of variants) {
    await must('docker', ['tag', images.engine[variant], images.registry[variant]]);
    await must('docker', ['push', '-q', images.registry[variant]], { timeoutMs: 1_800_000 });
    await must('docker', ['rmi', '-f', '--no-prune', images.registry[variant]]);
    await must('docker', ['save', '-o', images.archive[variant], images.engine[variant]], { timeoutMs: 1_800_000 });
  }
  const bytes = Number(await must('docker', ['image', 'inspect', '-f', '{{.Size}}', images.engine.first]));
  return { megabytes: Math.round(bytes / 1e6), ...images };
}

/** Removes the images of all sizes, their bases too. */
export async function removeImages(): Promise<void> {
  const names = await must('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}', 'image-versions-bench/*']);
  if (names !== '') await must('docker', ['rmi', '-f', ...names.split('\n')]);
}

/** Debian without documentation up to 100 MB; above, the sample workspace's Python and Ruby, and two layers of this machine's files. */
async function makeBase(size: number, context: string): Promise<string> {
  const { 'debian:12': debian, 'python:3': runtime } = bases;
  const name = `image-versions-bench/base:${size}`;
  if (size <= 100) {
    const container = await must('docker', ['create', debian, 'true']);
    const without = unneeded.map((path) => `--exclude='${path}'`).join(' ');
    const root = join(context, 'root');
    const script = `mkdir "$1" && docker export "$2" | tar -x -C "$1" ${without} && tar -C "$1" -c . | docker import - "$3"`;
    await must('sh', ['-c', script, 'sh', root, container, name]);
    await must('docker', ['rm', container]);
    await rm(root, { recursive: true });
    return name;
  }
  const more = (size - 200) / 2;
  const used = await fill(join(context, 'one.list'), fillers, more, 0);
  await fill(join(context, 'two.list'), fillers, more, used);
  for (const one of ['one', 'two'])
    await packList(join(context, `${one}.list`), join(context, `${one}.tar`), 1_600_000_000);
  await writeFile(join(context, 'Dockerfile'), `FROM ${runtime}\nADD one.tar /opt/one\nADD two.tar /opt/two\n`);
  await must('docker', ['build', '-q', '-t', name, context], { timeoutMs: 1_800_000 });
  for (const one of ['one', 'two']) await rm(join(context, `${one}.tar`));
  return name;
}

/** Lists files of this machine of `megabytes` in all, after the first `skip` of them; gives how many were passed. */
async function fill(list: string, folders: readonly string[], megabytes: number, skip: number): Promise<number> {
  const there = folders.filter((folder) => existsSync(join('/', folder)));
  const find = `cd / && find ${there.join(' ')} -type f -size -64M -printf '%s %p\\n' | awk '!seen[$0]++'`;
  const lines = (await must('sh', ['-c', find])).split('\n');
  const out = await open(list, 'w');
  let left = megabytes * 1e6;
  let at = skip;
  for (; at < lines.length && left > 0; at++) {
    const [size = '', ...path] = (lines[at] ?? '').split(' ');
    left -= Number(size);
    await out.write(`${path.join(' ')}\n`);
  }
  await out.close();
  if (left > 0) throw new Error(`the folders ${there.join(', ')} lack ${Math.round(left / 1e6)} MB for an image`);
  return at;
}

async function packList(list: string, tar: string, time: number): Promise<void> {
  await must('tar', ['-C', '/', '--verbatim-files-from', '-T', list, `--mtime=@${time}`, '-cf', tar]);
}

function record(of: (variant: Variant) => string): Record<Variant, string> {
  return { first: of('first'), noise: of('noise'), changed: of('changed') };
}

/** An OCI layout whose one layer has four files of 1 GB each; content repeats, so that the blob is small and the layer is not. */
export async function makeHugeLayout(folder: string): Promise<void> {
  const blobs = join(folder, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const script = `import gzip,hashlib,os,sys,tarfile,io,random
folder=sys.argv[1]
class Digest:
  def __init__(s,out): s.h=hashlib.sha256(); s.n=0; s.out=out
  def write(s,b): s.h.update(b); s.n+=len(b); return s.out.write(b) if s.out else len(b)
  def flush(s): pass
class Data(io.RawIOBase):
  def __init__(s,n): s.left=n; s.block=random.Random(n).randbytes(16384)*64
  def read(s,n=-1):
    n=min(n,s.left,len(s.block)) if n>=0 else s.left
    s.left-=n
    return s.block[:n]
raw=open(folder+'/layer','wb'); stored=Digest(raw); gz=gzip.GzipFile(fileobj=stored,mode='wb',compresslevel=1,mtime=0,filename='')
layer=Digest(gz); tar=tarfile.open(fileobj=layer,mode='w|',bufsize=1<<20)
for at in range(4):
  info=tarfile.TarInfo('data/%d.bin'%at); info.size=1<<30; tar.addfile(info,Data(info.size))
tar.close(); gz.close(); raw.close()
print(layer.h.hexdigest(),stored.h.hexdigest(),stored.n)`;
  const [diffId, digest = '', size] = (await must('python3', ['-c', script, folder])).split(' ');
  await must('mv', [join(folder, 'layer'), join(blobs, digest)]);
  const store = async (value: unknown) => {
    const bytes = JSON.stringify(value);
    const hex = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(blobs, hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const type = (name: string) => `application/vnd.oci.image.${name}`;
  const manifests: unknown[] = [];
  for (const [name, diffIds, layers] of [
    ['small', [], []],
    [
      'huge',
      [`sha256:${diffId}`],
      [{ mediaType: type('layer.v1.tar+gzip'), digest: `sha256:${digest}`, size: Number(size) }],
    ],
  ] as const) {
    const rootfs = { type: 'layers', diff_ids: diffIds };
    const config = await store({ architecture: 'amd64', os: 'linux', config: {}, rootfs });
    const manifest = await store({
      schemaVersion: 2,
      mediaType: type('manifest.v1+json'),
      config: { mediaType: type('config.v1+json'), ...config },
      layers,
    });
    const annotations = { 'org.opencontainers.image.ref.name': name };
    manifests.push({ mediaType: type('manifest.v1+json'), ...manifest, annotations });
  }
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}
