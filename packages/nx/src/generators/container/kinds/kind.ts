/** The folder that gets a Dockerfile, as it is. */
export interface ProjectFolder {
  /** From the workspace root; `.` is the root. */
  readonly root: string;
  /** Whether there is nothing in it yet: it then gets a first program as well. */
  readonly isNew: boolean;
  /** Whether the project has a target `build`, which runs before the image is built. */
  readonly hasBuild: boolean;
  has(path: string): boolean;
  /** Empty where there is no such file. */
  read(path: string): string;
  /** Whether the workspace root has this file. */
  workspaceHas(path: string): boolean;
}

export interface KindRequest {
  /** Base image; each kind has a default. */
  readonly base: string | undefined;
  /** Port that the program listens on; each kind has a default. */
  readonly port: number | undefined;
}

/** What makes a container of a folder. Paths are relative to the folder. */
export interface ContainerFiles {
  readonly dockerfile: string;
  /** Lines of the ignore file. */
  readonly ignore: readonly string[];
  /** Further files of the container, such as a server's configuration. */
  readonly config: Readonly<Record<string, string>>;
  /** A first program, for a folder that is new. */
  readonly program: Readonly<Record<string, string>>;
  /** The build context is the workspace, not the folder. */
  readonly needsWorkspace: boolean;
  /** What a person should look at. */
  readonly notes: readonly string[];
}

/** Reads the folder, changes nothing. */
export type Kind = (folder: ProjectFolder, request: KindRequest) => ContainerFiles;

/**
 * User and group of the program: no user of any base. A number, since Kubernetes' `runAsNonRoot` can't check a name. Files stay
 * root's, so that the program can't change itself.
 */
export const user = '10001:10001';

/** What never belongs into an image, whatever the kind. */
export const ignoredAlways: readonly string[] = [
  '**/.git',
  '**/.nx',
  '**/.idea',
  '**/.vscode',
  '**/.env*',
  '**/*.log',
  '**/.DS_Store',
  '**/Dockerfile*',
  '**/.dockerignore',
  '**/project.json',
  '**/README.md',
];

/** The first of these files that is there. */
export function firstOf(folder: ProjectFolder, paths: readonly string[]): string | undefined {
  return paths.find((path) => folder.has(path));
}

/** Lines of a Dockerfile, without those that are `undefined`. */
export function lines(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map((part) => `${part}\n`)
    .join('');
}
