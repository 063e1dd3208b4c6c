import { expect, test } from 'vitest';
import { answerChallenge, chooseChallenge, digestResponse, type Challenge } from './digest.ts';

const challengeOf = (...values: string[]) => chooseChallenge(values) as Challenge;

// RFC 2617, section 3.5.
const OLD = challengeOf(
  'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
);
// RFC 7616, section 3.9.1.
const NEW =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const PROOF = {
  user: 'Mufasa',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  count: 1,
};

test.each([
  [
    'RFC 2617',
    OLD,
    { ...PROOF, password: 'Circle Of Life', cnonce: '0a4f113b' },
    '6629fae49393a05397450978507c4ef1',
  ],
  [
    'RFC 7616, MD5',
    challengeOf(`Digest ${NEW}, algorithm=MD5`),
    PROOF,
    '8ca523f5e9506fed4657c9700eebdbec',
  ],
  [
    'RFC 7616, SHA-256',
    challengeOf(`Digest ${NEW}, algorithm=SHA-256`),
    PROOF,
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  ],
])('gives the response of %s', (_, challenge, proof, response) => {
  expect(digestResponse(challenge, proof)).toBe(response);
  expect(answerChallenge(challenge, proof)).toContain(`response="${response}"`);
});

test('takes the stronger of two challenges, and none that it cannot answer', () => {
  const md5 = 'Digest realm="r", nonce="n", algorithm=MD5';
  const sha = 'DIGEST realm = "r" , nonce="n",algorithm=sha-256, stale=TRUE';
  expect(challengeOf(md5, sha)).toMatchObject({ algorithm: 'SHA-256', stale: true });
  expect(chooseChallenge([sha.replace('sha-256', 'SHA-512-256'), md5])?.algorithm).toBe('MD5');
  expect(chooseChallenge(['Basic realm="r"', 'Digest realm="r"', ''])).toBeUndefined();
  expect(chooseChallenge(['Digest realm="r", nonce="n", qop="auth-int"'])).toBeUndefined();
});

test('quotes what needs it', () => {
  const challenge = challengeOf('Digest realm="a \\"b\\" \\\\", nonce="n"');
  expect(challenge.realm).toBe('a "b" \\');
  expect(answerChallenge(challenge, PROOF)).toContain('realm="a \\"b\\" \\\\"');
});
