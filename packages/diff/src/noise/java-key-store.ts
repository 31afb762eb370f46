import { tryFormat } from '../formats/byte-reader.js';
import { isJks, readJks } from '../formats/jks.js';
import { isPkcs12, readPkcs12 } from '../formats/pkcs12.js';
import { compareText, digestOf, FieldHash, normalForm, shortDigest } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'java-key-store';

/** Java's trust and key stores, by their aliases, certificates and keys. */
export const javaKeyStore: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'keytool writes the time at which each certificate came in, and encrypts anew with random salt; what is trusted are the certificates.',
  example:
    'cacerts written again with the same certificates; hidden. One certificate more, less or other, another alias, another password or cipher, is not.',
  default: true,
  matches: ({ path, head }) =>
    isJks(head) || (isPkcs12(head) && /(?:cacerts|\.(?:p12|pfx|jks|pkcs12|keystore|truststore))$/i.test(path)),
  normalize: (content) =>
    tryFormat(() => {
      const kind = isJks(content) ? 'jks' : 'pkcs12';
      const entries = isJks(content) ? readJks(content) : readPkcs12(content);
      const fields = entries.map(({ alias, content: about }) => ({
        alias,
        digest: new FieldHash().add(...about).digest(),
      }));
      fields.sort((a, b) => compareText(a.alias, b.alias) || compareText(a.digest, b.digest));
      const hash = new FieldHash().add(NAME, kind, ...fields.flatMap(({ alias, digest }) => [alias, digest]));
      return normalForm(
        NAME,
        hash,
        fields.map(({ alias, digest }) => ({ name: alias, value: shortDigest(digestOf(digest)) })),
      );
    }),
};
