// As much of DER (ITU-T X.690) as requests and answers of time stamp authorities need.

export type DerNode = {
  readonly tag: number;
  readonly content: Uint8Array;
  /** With its tag and length. */
  readonly whole: Uint8Array;
};

export const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** `[0]`, constructed. */
  first: 0xa0,
} as const;

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  const size = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, content]);
}

/** A positive integer of so many bytes. */
export const derInteger = (bytes: Uint8Array): Buffer =>
  der(TAGS.integer, Buffer.from([0]).subarray((bytes[0] ?? 0) < 0x80 ? 1 : 0), bytes);

export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 0x7f) | 0x80);
    }
    return groups;
  });
  return der(TAGS.oid, Buffer.from(bytes));
}

/** The nodes that follow each other in these bytes. Undefined when they are no DER, or cut off. */
export function readDer(bytes: Uint8Array): readonly DerNode[] | undefined {
  const nodes: DerNode[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    // Tags of several bytes and lengths that are not given occur in neither.
    if (first === undefined || (tag & 0x1f) === 0x1f || first === 0x80) return undefined;
    const extra = first < 0x80 ? 0 : first & 0x7f;
    if (extra > 4 || at + 2 + extra > bytes.length) return undefined;
    let length = extra === 0 ? first : 0;
    for (const byte of bytes.subarray(at + 2, at + 2 + extra)) length = length * 256 + byte;
    const begin = at + 2 + extra;
    const end = begin + length;
    if (end > bytes.length) return undefined;
    nodes.push({ tag, content: bytes.subarray(begin, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return nodes;
}

/** What is in a node; none in what holds no DER. */
export const inside = (node: DerNode | undefined): readonly DerNode[] =>
  node === undefined ? [] : (readDer(node.content) ?? []);
