/** An image that keeps its name. */
export interface NamedImage {
  readonly project: string;
  /** As it was published; `undefined` where that is not known. */
  readonly published: string | undefined;
}

export interface ImageNames {
  /** Where all published names begin with the same registry and path. */
  readonly registry: string | undefined;
  /** Pattern of most names, for the plugin's option. */
  readonly imageName: string;
  /** By project, names that the pattern doesn't give. */
  readonly own: ReadonlyMap<string, string>;
}

const placeholder = '{projectName}';
/** A path whose first part can only be a host (as in Docker's reference grammar), up to the last part. */
const withHost = /^((?:localhost|[^/]*[.:][^/]*)(?:\/[^/]+)*)\/([^/]+)$/;

/** Finds the options with which the images are published under the names that they have. Pure. */
export function imageNames(images: readonly NamedImage[]): ImageNames {
  const registries = new Set(images.map(({ published }) => published && withHost.exec(published)?.[1]).filter(Boolean));
  const [registry] = registries.size === 1 ? registries : [];
  const named = images.flatMap(({ project, published }) =>
    published === undefined ? [] : [{ project, name: withHost.exec(published)?.[2] ?? published }],
  );
  const counts = new Map([[placeholder, 0]]);
  for (const { project, name } of named) {
    const at = name.lastIndexOf(projectPart(project));
    if (at < 0) continue;
    const pattern = name.slice(0, at) + placeholder + name.slice(at + projectPart(project).length);
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  const [imageName = placeholder] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  const own = named.filter(({ project, name }) => imageName.replace(placeholder, projectPart(project)) !== name);
  return { registry, imageName, own: new Map(own.map(({ project, name }) => [project, name])) };
}

/** As the plugin writes a project into an image's name. */
function projectPart(project: string): string {
  return project.replace(/^@/, '').toLowerCase();
}
