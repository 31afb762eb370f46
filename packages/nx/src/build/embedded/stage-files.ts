import { baseName, type FileEntry, type Files, parentPath } from './files.js';

/** The file system of a stage, changed as its instructions are carried out. */
export class StageFiles implements Files {
  readonly #entries: Map<string, FileEntry>;
  /** Names by directory; made when first asked for, gone with the next change. */
  #names: Map<string, string[]> | undefined;

  constructor(entries: Iterable<readonly [string, FileEntry]> = []) {
    this.#entries = new Map(entries);
  }

  /** A copy to go on with. */
  fork(): StageFiles {
    return new StageFiles(this.#entries);
  }

  async get(path: string): Promise<FileEntry | undefined> {
    return this.at(path);
  }

  /** As `get`. The root is always there. */
  at(path: string): FileEntry | undefined {
    return this.#entries.get(path) ?? (path === '' ? rootDirectory : undefined);
  }

  /** Puts an entry in place of what was there; what lay below a directory goes with it. */
  set(path: string, entry: FileEntry): void {
    if (this.at(path)?.type === 'directory' && entry.type !== 'directory') this.#removeBelow(path);
    this.#entries.set(path, entry);
    this.#names = undefined;
  }

  async list(directory: string): Promise<readonly string[]> {
    this.#names ??= this.#collectNames();
    return this.#names.get(directory) ?? [];
  }

  #removeBelow(directory: string): void {
    for (const path of this.#entries.keys()) if (path.startsWith(`${directory}/`)) this.#entries.delete(path);
  }

  #collectNames(): Map<string, string[]> {
    const names = new Map<string, string[]>();
    for (const path of [...this.#entries.keys()].sort()) {
      if (path === '') continue;
      const parent = parentPath(path);
      const siblings = names.get(parent);
      if (siblings) siblings.push(baseName(path));
      else names.set(parent, [baseName(path)]);
    }
    // Paths in order are not names in order: `a-b` comes between `a` and `a/b`.
    for (const siblings of names.values()) siblings.sort();
    return names;
  }
}

const rootDirectory: FileEntry = { type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 };

/** What one instruction writes: the layer that it will make, and the stage's files with it. */
export class LayerChanges {
  readonly files: StageFiles;
  readonly #written = new Map<string, FileEntry>();

  constructor(files: StageFiles) {
    this.files = files;
  }

  put(path: string, entry: FileEntry): void {
    if (this.files.at(path)?.type === 'directory' && entry.type !== 'directory') {
      for (const below of this.#written.keys()) if (below.startsWith(`${path}/`)) this.#written.delete(below);
    }
    this.files.set(path, entry);
    this.#written.set(path, entry);
  }

  /** In the order that a layer has them: directories before what lies in them. */
  get written(): readonly (readonly [string, FileEntry])[] {
    return [...this.#written].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
