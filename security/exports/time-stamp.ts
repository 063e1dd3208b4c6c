// Time stamps by RFC 3161: the request, and whether an answer is a stamp of what was asked, by an authority that is
// trusted. The authority sees a digest and nothing else. It is trusted by certificates the site names: its own, or
// that of whoever issued it. Signed by RSA or ECDSA; tokens signed with SM2 are refused, nothing here could try one.

import { createHash, verify, X509Certificate } from 'node:crypto';
import type { Hashing } from '../audit/hashing.ts';
import { der, derInteger, derOid, inside, readDer, TAGS, type DerNode } from './der.ts';

export type StampFault =
  /** The authority said no; it says why in a number of PKIStatus. */
  | 'refused'
  | 'not-understood'
  /** Of another digest, or the answer to another request. */
  | 'of-another'
  | 'not-trusted'
  | 'wrong-signature';

export type Stamped =
  | { readonly is: 'stamped'; readonly atMs: number; readonly token: Uint8Array }
  | { readonly is: StampFault };

/** Of authorities, or of those who issued theirs. */
export type TrustedCertificates = readonly X509Certificate[];

const HASH_OIDS: Readonly<Record<string, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  sm3: '1.2.156.10197.1.401',
};

const SIGNED_DATA = derOid('1.2.840.113549.1.7.2');
const TST_INFO = derOid('1.2.840.113549.1.9.16.1.4');
const CONTENT_TYPE = derOid('1.2.840.113549.1.9.3');
const MESSAGE_DIGEST = derOid('1.2.840.113549.1.9.4');
/** The purpose a certificate of a time stamp authority has. */
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';

export const NONCE_BYTES = 16;

/** A TimeStampReq. The nonce, of 16 bytes, is what its answer is known by. */
export function timeStampRequest(
  content: string,
  { hashing, nonce }: { hashing: Hashing; nonce: Uint8Array },
): Uint8Array {
  return der(
    TAGS.sequence,
    derInteger(Buffer.from([1])),
    imprintOf(content, hashing),
    derInteger(withoutZeros(nonce)),
    // The certificate is to be in the answer.
    der(TAGS.boolean, Buffer.from([0xff])),
  );
}

/** Reads a TimeStampResp to a request of ours. */
export function readTimeStamp(
  answer: Uint8Array,
  given: { content: string; nonce: Uint8Array; trusted: TrustedCertificates },
): Stamped {
  const [status, token] = inside(readDer(answer)?.[0]);
  const [code] = inside(status);
  if (code?.tag !== TAGS.integer) return { is: 'not-understood' };
  // 0: granted, 1: granted with changes.
  if (code.content.length !== 1 || (code.content[0] ?? 2) > 1) return { is: 'refused' };
  if (!token) return { is: 'not-understood' };
  return verifyTimeStamp(token.whole, given);
}

/** Whether a token is a stamp of this content. Without `nonce` for one that was kept. */
export function verifyTimeStamp(
  token: Uint8Array,
  given: { content: string; nonce?: Uint8Array; trusted: TrustedCertificates },
): Stamped {
  const read = readToken(token);
  if (!read) return { is: 'not-understood' };
  const { info, atMs, imprint, nonce, signedAttributes, certificates } = read;
  const hashing = (['sha256', 'sm3'] as const).find((one) =>
    imprintOf(given.content, one).equals(imprint),
  );
  if (hashing === undefined) return { is: 'of-another' };
  if (given.nonce && !(nonce && derInteger(withoutZeros(given.nonce)).equals(nonce))) {
    return { is: 'of-another' };
  }
  const digest = createHash(read.hash).update(info).digest();
  if (!isAttributed(signedAttributes, digest)) return { is: 'wrong-signature' };
  const trusted = certificates.filter((one) => isTrusted(one, given.trusted, atMs));
  if (trusted.length === 0) return { is: 'not-trusted' };
  // The attributes are signed as a set, and stand in the message under a tag of their own.
  const signed = der(TAGS.set, signedAttributes.content);
  const isSigned = trusted.some((one) => isSignedBy(one, { ...read, signed }));
  return isSigned ? { is: 'stamped', atMs, token } : { is: 'wrong-signature' };
}

const isSignedBy = (
  certificate: X509Certificate,
  { hash, signed, signature }: { hash: string; signed: Uint8Array; signature: Uint8Array },
): boolean => {
  try {
    return verify(hash, signed, certificate.publicKey, signature);
  } catch {
    return false;
  }
};

/** MessageImprint, and with it the algorithm. */
const imprintOf = (content: string, hashing: Hashing): Buffer =>
  der(
    TAGS.sequence,
    der(TAGS.sequence, derOid(HASH_OIDS[hashing] ?? ''), Buffer.from([0x05, 0])),
    der(TAGS.octets, createHash(hashing).update(content).digest()),
  );

/** Numbers are written without leading zeros. */
function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? Buffer.from([0]) : bytes.subarray(first);
}

const isOid = (node: DerNode | undefined, oid: Buffer): boolean =>
  node !== undefined && oid.equals(node.whole);

function readToken(token: Uint8Array) {
  const [kind, wrapped] = inside(readDer(token)?.[0]);
  if (!isOid(kind, SIGNED_DATA)) return undefined;
  const [, , encapsulated, ...rest] = inside(inside(wrapped)[0]);
  const [contentKind, content] = inside(encapsulated);
  const info = inside(content)[0]?.content;
  if (!isOid(contentKind, TST_INFO) || !info) return undefined;
  const [, , imprint, , time, ...options] = inside(readDer(info)?.[0]);
  const atMs = time?.tag === TAGS.generalizedTime ? instantOf(time.content) : undefined;
  const certificates = inside(rest.find(({ tag }) => tag === TAGS.first)).flatMap(({ whole }) =>
    certificateOf(whole),
  );
  const signers = inside(rest.findLast(({ tag }) => tag === TAGS.set));
  const [, , digestAlgorithm, signedAttributes, , signature] = inside(signers[0]);
  const oid = inside(digestAlgorithm)[0];
  const hash = Object.keys(HASH_OIDS).find((name) => isOid(oid, derOid(HASH_OIDS[name] ?? '')));
  if (atMs === undefined || !imprint || hash === undefined || signers.length !== 1)
    return undefined;
  if (signedAttributes?.tag !== TAGS.first || signature?.tag !== TAGS.octets) return undefined;
  return {
    info,
    atMs,
    imprint: imprint.whole,
    nonce: options.find(({ tag }) => tag === TAGS.integer)?.whole,
    hash,
    signedAttributes,
    signature: signature.content,
    certificates,
  };
}

/** What is signed names the content: its kind and its digest. */
function isAttributed(attributes: DerNode, digest: Uint8Array): boolean {
  const valueOf = (oid: Buffer) =>
    inside(attributes)
      .map(inside)
      .filter(([kind]) => isOid(kind, oid))
      .map(([, values]) => inside(values)[0]);
  const kinds = valueOf(CONTENT_TYPE);
  const digests = valueOf(MESSAGE_DIGEST);
  return (
    kinds.length === 1 &&
    isOid(kinds[0], TST_INFO) &&
    digests.length === 1 &&
    Buffer.from(digest).equals(digests[0]?.content ?? Buffer.alloc(0))
  );
}

/** Named by the site, or issued by a certificate that is; made for time stamps, and valid at that time. */
function isTrusted(
  certificate: X509Certificate,
  trusted: TrustedCertificates,
  atMs: number,
): boolean {
  const isKnown = trusted.some(
    (one) =>
      one.fingerprint256 === certificate.fingerprint256 ||
      (certificate.checkIssued(one) && certificate.verify(one.publicKey)),
  );
  return (
    isKnown &&
    certificate.keyUsage?.includes(TIME_STAMPING) === true &&
    atMs >= certificate.validFromDate.getTime() &&
    atMs <= certificate.validToDate.getTime()
  );
}

function certificateOf(bytes: Uint8Array): X509Certificate[] {
  try {
    return [new X509Certificate(bytes)];
  } catch {
    return [];
  }
}

/** `20261128033019.5Z` */
function instantOf(content: Uint8Array): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(
    Buffer.from(content).toString('latin1'),
  );
  if (!parts) return undefined;
  const [year = 0, month = 0, ...rest] = parts.slice(1, 7).map(Number);
  const fraction = Math.floor(Number(`0${parts[7] ?? ''}`) * 1_000);
  return Date.UTC(year, month - 1, ...rest) + fraction;
}
