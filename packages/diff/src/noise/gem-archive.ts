import { createHash } from 'node:crypto';
import { readGzip } from '../formats/gzip.js';
import type { TarMember } from '../formats/tar.js';

const SUMS = 'checksums.yaml.gz';

/**
 * The members of a gem archive (`*.gem`) without the sums that it holds of its other members, where these sums are right: they
 * then say nothing that the members do not, and differ with the members' times. With them, where one is wrong.
 */
export function gemMembers(path: string, members: readonly TarMember[]): readonly TarMember[] {
  const sums = members.find((member) => member.path === SUMS);
  if (!path.endsWith('.gem') || sums === undefined) return members;
  const text = readGzip(sums.content).content.toString('latin1');
  return isRight(text, members) ? members.filter((member) => member !== sums) : members;
}

function isRight(text: string, members: readonly TarMember[]): boolean {
  let algorithm = '';
  for (const line of text.split('\n')) {
    if (line === '' || line === '---') continue;
    const heading = /^(SHA1|SHA256|SHA512):$/.exec(line);
    const sum = /^ {2}([\w.]+): ([0-9a-f]+)$/.exec(line);
    if (heading !== null) {
      algorithm = heading[1] as string;
    } else {
      const member = members.find(({ path }) => path === sum?.[1]);
      if (algorithm === '' || member === undefined) return false;
      if (createHash(algorithm.toLowerCase()).update(member.content).digest('hex') !== sum?.[2]) return false;
    }
  }
  return true;
}
