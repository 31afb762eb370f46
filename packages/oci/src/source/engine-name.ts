import { OciError } from '../errors.js';

/** An image's name as an engine takes it: any short form, or an ID. */
export interface EngineName {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const grammar =
  /^(?<repository>(?:\[[0-9a-fA-F:]+\]|[\w][\w.-]*)(?::[0-9]+(?=\/))?(?:\/[\w][\w.-]*)*)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?$/;

/**
 * Cuts a name without filling anything in: short names mean other things to Docker (`docker.io/`) and Podman (`localhost/`, or
 * what registries.conf says), and each engine knows its own. Also keeps what is no name out of the path of a request.
 * Errors: `invalid`.
 */
export function splitEngineName(name: string): EngineName {
  if (/^sha256:[0-9a-f]{64}$/.test(name)) return { repository: name, tag: undefined, digest: undefined };
  const parts = grammar.exec(name)?.groups;
  if (parts?.repository !== undefined) return { repository: parts.repository, tag: parts.tag, digest: parts.digest };
  throw new OciError('invalid', `"${name.slice(0, 300)}" is not the name of an image.`, {
    hint: 'Write it as [HOST[:PORT]/]NAME[:TAG][@DIGEST].',
  });
}
