import { type ContainerFiles, firstOf, ignoredAlways, type Kind, lines, type ProjectFolder, user } from './kind.js';

const program = `import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 3000);
const server = createServer((_request, response) => response.end('Hello\\n'));
server.listen(port, () => console.log(\`Listening on \${port}\`));
process.on('SIGTERM', () => server.close());
`;

/** Lockfile of each package manager, and what installs exactly what it says. */
const installs: Readonly<Record<string, string>> = {
  'package-lock.json': 'npm ci --omit=dev',
  'pnpm-lock.yaml': 'npm install --global pnpm@10 && pnpm install --frozen-lockfile --prod',
  'yarn.lock': 'yarn install --frozen-lockfile --production',
};

interface PackageJson {
  readonly main?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Node.js: dependencies are installed in a stage of their own, out of the lockfile; without any, no command runs. */
export const node: Kind = (folder, { base = 'node:24-slim', port = 3000 }) => {
  const manifest = parseManifest(folder);
  const entry = folder.isNew ? 'server.mjs' : entryOf(folder, manifest);
  const hasDependencies = Object.keys(manifest.dependencies ?? {}).length > 0;
  const own = firstOf(folder, Object.keys(installs));
  const isShared = hasDependencies && own === undefined && folder.workspaceHas('package-lock.json');
  const sources = sourcesOf(folder, entry);
  const end = [
    'ENV NODE_ENV=production',
    `ENV PORT=${port}`,
    `USER ${user}`,
    `EXPOSE ${port}`,
    `CMD ["node", "${entry}"]`,
  ];
  return {
    dockerfile: isShared
      ? sharedLockfile(folder.root, base, sources, end)
      : hasDependencies
        ? ownLockfile(base, own, sources, end)
        : lines(`FROM ${base}`, 'WORKDIR /app', ...sources.map((path) => copy(path)), ...end),
    ignore: [...ignoredAlways, '**/node_modules', '**/*.test.*', '**/*.spec.*', '**/coverage'],
    config: {},
    program: { 'server.mjs': program.replace('3000', String(port)) },
    needsWorkspace: isShared,
    notes: notesFor(folder, { entry, hasDependencies, isShared, own }),
  };
};

/** What the program is made of. No lockfile where it can be left out: it changes with what the program doesn't have. */
function sourcesOf(folder: ProjectFolder, entry: string): string[] {
  const top = entry.split('/')[0] ?? '.';
  if (top === entry || folder.isNew) return ['.'];
  return folder.has('package.json') ? ['package.json', top] : [top];
}

function copy(path: string, from = ''): string {
  return `COPY ${from === '' || path !== '.' ? `${from}${path}` : from.replace(/\/$/, '')} ./${path === '.' ? '' : path}`;
}

function ownLockfile(base: string, lockfile: string | undefined, sources: readonly string[], end: readonly string[]) {
  return lines(
    `FROM ${base} AS dependencies`,
    'WORKDIR /app',
    `COPY ${['package.json', lockfile].filter(Boolean).join(' ')} ./`,
    `RUN ${(lockfile && installs[lockfile]) ?? 'npm install --omit=dev --no-package-lock'}`,
    '',
    `FROM ${base}`,
    'WORKDIR /app',
    'COPY --from=dependencies /app/node_modules ./node_modules',
    ...sources.map((path) => copy(path)),
    ...end,
  );
}

/** npm installs one project's part of the workspace's lockfile. The lockfile itself stays out of the image, which it would change. */
function sharedLockfile(root: string, base: string, sources: readonly string[], end: readonly string[]): string {
  return lines(
    `FROM ${base} AS dependencies`,
    'WORKDIR /workspace',
    'COPY package.json package-lock.json ./',
    `COPY ${root}/package.json ${root}/`,
    `RUN npm ci --omit=dev --workspace=${root} && mkdir -p ${root}/node_modules`,
    '',
    `FROM ${base}`,
    `WORKDIR /workspace/${root}`,
    'COPY --from=dependencies /workspace/node_modules /workspace/node_modules',
    `COPY --from=dependencies /workspace/${root}/node_modules ./node_modules`,
    ...sources.map((path) => copy(path, `${root}/`)),
    ...end,
  );
}

function parseManifest(folder: ProjectFolder): PackageJson {
  try {
    return JSON.parse(folder.read('package.json')) as PackageJson;
  } catch {
    return {};
  }
}

function entryOf(folder: ProjectFolder, { main }: PackageJson): string {
  const candidates = ['server.mjs', 'server.js', 'index.mjs', 'index.js', 'src/main.js', 'src/index.js', 'main.js'];
  if (main !== undefined) return main.replace(/^\.\//, '');
  return firstOf(folder, candidates) ?? (folder.hasBuild ? 'dist/main.js' : 'index.js');
}

function notesFor(
  folder: ProjectFolder,
  found: { entry: string; hasDependencies: boolean; isShared: boolean; own: string | undefined },
): ContainerFiles['notes'] {
  const notes: string[] = [];
  if (!folder.isNew && !folder.has(found.entry)) {
    notes.push(`The Dockerfile starts ${found.entry}, which is not there now: correct CMD, or have \`build\` make it.`);
  }
  if (found.isShared) {
    notes.push(
      'Dependencies come from the package-lock.json of the workspace, so every change of it has this image built and compared.',
      'Packages of this workspace that it depends on are not in the image: bundle them, or copy them in the Dockerfile.',
    );
  } else if (found.hasDependencies && found.own === undefined) {
    notes.push('There is no lockfile, so each build may install other versions: add one.');
  }
  return notes;
}
