import { bufferOf, tryFormat } from '../formats/byte-reader.js';
import { isKeybox, keyboxWithoutTimes } from '../formats/keybox.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'gpg-keyring';
const TRUST_RECORD_BYTES = 40;
/** A record of type 1, the magic and the version. */
const TRUST_HEAD = Buffer.from('\x01gpg\x03', 'latin1');
const TRUST_CREATED: readonly [number, number] = [12, 16];

/** What GnuPG keeps of public keys, and of whom it trusts. */
export const gpgKeyring: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'GnuPG notes in a keyring and in its database of trust when it made them and when each key came in; what is trusted are the keys.',
  example:
    '/root/.gnupg/pubring.kbx with the same key imported on another day; hidden. One key, signature or user id more, less or other there, or another owner trust in trustdb.gpg, is not.',
  default: true,
  matches: ({ path, head, size }) => isKeybox(head) || isTrustDatabase(path, head, size),
  normalize: (content) =>
    tryFormat(() => {
      const bytes = isKeybox(content) ? keyboxWithoutTimes(content) : trustWithoutTime(content);
      return normalForm(NAME, new FieldHash().add(NAME, bytes));
    }),
};

function isTrustDatabase(path: string, head: Uint8Array, size: number): boolean {
  const isNamed = path.endsWith('/trustdb.gpg') && size % TRUST_RECORD_BYTES === 0;
  return isNamed && bufferOf(head.subarray(0, TRUST_HEAD.length)).equals(TRUST_HEAD);
}

function trustWithoutTime(content: Uint8Array): Buffer {
  return Buffer.from(content).fill(0, ...TRUST_CREATED);
}
