import type { Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { blobPath } from './layout-format.js';

/** Docker's `container.Config` with nothing in it, as Go prints it. */
const emptyConfig =
  '{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,' +
  '"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,' +
  '"OnBuild":null,"Labels":null}';

/**
 * Where an engine's export has which layer, by path, so that a layer nobody wants is passed over unread. Since Docker 25 that is
 * `blobs/sha256/<diffId>`. Before, it is `<v1 id>/layer.tar`, where the ID is made of the chain ID and the parent's
 * (moby v20.10, image/v1/imagev1.go, `CreateID`), but for the uppermost, which is made of the whole config and left out here.
 * An engine that does it otherwise has none of these paths, and then all layers are read: each is known by its digest anyway.
 */
export function exportPaths(diffIds: readonly Digest[]): Map<string, Digest> {
  const paths = new Map<string, Digest>();
  let chainId = '';
  let parent = '';
  for (const [index, diffId] of diffIds.entries()) {
    paths.set(blobPath(diffId), diffId);
    chainId = index === 0 ? diffId : sha256Digest(`${chainId} ${diffId}`);
    const fields = `"container_config":${emptyConfig},"created":"1970-01-01T00:00:00Z","layer_id":"${chainId}"`;
    parent = sha256Digest(`{${fields}${parent && `,"parent":"${parent}"`}}`);
    if (index < diffIds.length - 1) paths.set(`${parent.slice('sha256:'.length)}/layer.tar`, diffId);
  }
  return paths;
}
