/** One path component of an image name (distribution-spec 1.1, "Pulling manifests"). */
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** A host, or a namespace of Docker Hub. */
const host = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?$/;

/** How a registry is written, for errors. */
export const registryForm =
  'expected a host and a path in lower case, without https:// and tag, such as ghcr.io/acme/mono';

/** Whether this is a name that an image can have under a registry. */
export function isRepositoryName(name: string): boolean {
  return name.split('/').every((part) => component.test(part));
}

/** Whether images can be published under this prefix: a host, a path below it, and neither scheme nor tag. */
export function isRegistry(registry: string): boolean {
  const [first = '', ...path] = registry.replace(/\/+$/, '').split('/');
  return host.test(first) && path.every((part) => component.test(part));
}
