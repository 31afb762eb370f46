import { expect, it } from 'vitest';
import { connectionFailure } from './connection-failure.js';

const failure = (code: string, message = 'as Node says') => Object.assign(new Error(message), { code });

it.each([
  ['CERT_HAS_EXPIRED', 'out-of-date'],
  ['CERT_NOT_YET_VALID', 'out-of-date'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'of-another-host'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
  // The certificate that the server wants of us.
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', undefined],
  ['ECONNRESET', undefined],
])('%s: the certificate is %s', (code, tls) => {
  expect(connectionFailure(failure(code))).toMatchObject({ code, tls });
});

it("OpenSSL's line is cut to its words", () => {
  const line =
    'write EPROTO 80FC4903E37F0000:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1601:SSL alert number 70\n';
  expect(connectionFailure(failure('EPROTO', line)).reason).toBe('TLS: tlsv1 alert protocol version');
});

it('of several addresses the first that failed is told', () => {
  const several = new AggregateError([failure('ETIMEDOUT', 'connect ETIMEDOUT'), failure('ENETUNREACH')]);
  expect(connectionFailure(several)).toEqual({ code: 'ETIMEDOUT', reason: 'connect ETIMEDOUT', tls: undefined });
});
