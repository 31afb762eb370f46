/** Further build contexts of a container, by name: a folder from the workspace root, or `kind://place`. */
type BuildContexts = Readonly<Record<string, string>>;

const image = 'docker-image://';

/** Those that are folders of the workspace. */
export function folderContexts(contexts: BuildContexts): string[] {
  return Object.values(contexts).filter((place) => !/^[a-z-]+:\/\/|^git@|^\//i.test(place));
}

/** The images among them. */
export function imageContexts(contexts: BuildContexts): string[] {
  return Object.values(contexts)
    .filter((place) => place.startsWith(image))
    .map((place) => place.slice(image.length));
}
