import { listOrWords } from './arguments.js';
import { isRemote, remoteSource } from './can-build.js';
import { type CopyOptions, copySource, type Destination } from './copy.js';
import { findSources, type Source } from './copy-sources.js';
import { InstructionError } from './dockerfile-error.js';
import type { FileEntry, Files } from './files.js';
import type { Heredoc } from './heredoc.js';
import { type Owner, resolveOwner } from './ownership.js';
import type { Instruction } from './parse.js';
import type { Spool } from './spool.js';
import { absolutePath } from './stage-config.js';
import type { LayerChanges } from './stage-files.js';
import { isArchive, unpackArchive } from './unpack.js';

/** What COPY and ADD are carried out with. */
export interface CopyScope {
  readonly workingDir: string;
  readonly expand: (word: string) => string;
  readonly expandHeredoc: (content: string) => string;
  /** The build context, or what `--from` names. */
  readonly openSource: (from: string | undefined) => Promise<Files>;
  readonly readText: (entry: FileEntry, limitBytes: number) => Promise<string>;
  readonly spool: Spool;
}

/** Carries out COPY or ADD. Throws `InstructionError` for what can't be done; the caller says where. */
export async function copyInstruction(
  instruction: Instruction,
  changes: LayerChanges,
  scope: CopyScope,
): Promise<void> {
  const { keyword, rest, flags, heredocs } = instruction;
  const flag = (name: string) => flags.findLast((one) => one.name === name)?.value;
  const words = listOrWords(rest);
  const heredocOf = (word: string) => heredocs.find((heredoc) => heredoc.word === word);
  const written = words.map((word) => (heredocOf(word) ? word : scope.expand(word)));
  const last = written.pop();
  if (last === undefined || written.length === 0 || last === '') {
    throw new InstructionError(`${keyword} needs a source and a destination`);
  }
  const destination = destinationOf(last, scope.workingDir);
  const options = await optionsOf(flag, changes, scope);
  const from = flag('from');
  const where = from === undefined ? 'the build context' : `--from=${from}`;
  const found: Source[] = [];
  for (const word of written) {
    const heredoc = heredocOf(word);
    if (heredoc) found.push(heredocSource(heredoc, scope));
    else if (keyword === 'ADD' && isRemote(word)) throw new InstructionError(remoteSource(word).reason);
    else found.push(...(await findSources(await scope.openSource(from), word, where)));
  }
  if (!destination.isDirectory && (written.length > 1 || found.length > 1)) {
    throw new InstructionError(`${last}: where several files are copied, the destination must end with a /`);
  }
  for (const source of found) {
    const { content } = source.entry;
    if (keyword === 'ADD' && content?.kind === 'disk' && (await isArchive(content.path))) {
      await unpackArchive(content.path, destination.path, changes, { owner: options.owner, spool: scope.spool });
    } else await copySource(source, destination, changes, options);
  }
}

function destinationOf(written: string, workingDir: string): Destination {
  return { path: absolutePath(workingDir, written), isDirectory: written === '.' || written.endsWith('/') };
}

async function optionsOf(
  flag: (name: string) => string | undefined,
  changes: LayerChanges,
  { expand, readText }: CopyScope,
): Promise<CopyOptions> {
  const mode = expand(flag('chmod') ?? '');
  if (!/^[0-7]{0,5}$/.test(mode)) {
    throw new InstructionError(`--chmod=${mode}: expected an octal mode such as 755; other forms are for engines`);
  }
  const chown = expand(flag('chown') ?? '');
  let owner: Owner | undefined;
  if (chown !== '') {
    owner = await resolveOwner(chown, changes.files, async (path, limitBytes) => {
      const entry = await changes.files.get(path);
      return entry?.type === 'file' ? readText(entry, limitBytes) : undefined;
    });
  }
  return { owner, mode: mode === '' ? undefined : Number.parseInt(mode, 8) };
}

function heredocSource(heredoc: Heredoc, { expandHeredoc }: CopyScope): Source {
  const { name, content, expands } = heredoc;
  const bytes = Buffer.from(expands ? expandHeredoc(content) : content);
  const entry: FileEntry = {
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: bytes.length,
    content: { kind: 'bytes', bytes },
  };
  const files: Files = { get: async () => entry, list: async () => [] };
  return { files, path: name, name, entry };
}
