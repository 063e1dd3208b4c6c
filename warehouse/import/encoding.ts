// How the bytes of somebody's text file are to be read. Files from Chinese offices are UTF-8, GBK (which
// GB 18030 contains) or what Excel calls "Unicode text" (UTF-16); nothing in them says which.

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export const ENCODINGS = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const;

export type Encoding = (typeof ENCODINGS)[number];

export type Sniffed = {
  /** Undefined when the bytes are text in none of them. */
  readonly encoding: Encoding | undefined;
  readonly bom: boolean;
};

export type FileLook = Sniffed & { readonly bytes: number; readonly digest: string };

/** What is read at a time: whoever waits for the same process waits no longer than for one of them. */
const PIECE_BYTES = 64 * 1024;
/** So much of a file says whether it is UTF-16. */
const ZEROS_BYTES = 1024 * 1024;

/** Looks at the whole file in one pass: size, SHA-256 and encoding. Memory is a few pieces. */
export async function lookAtBytes(path: string, signal?: AbortSignal): Promise<FileLook> {
  const hash = createHash('sha256');
  const watch = createEncodingWatch();
  let bytes = 0;
  const stream = createReadStream(path, {
    highWaterMark: PIECE_BYTES,
    ...(signal && { signal }),
  }) as AsyncIterable<Buffer>;
  for await (const piece of stream) {
    hash.update(piece);
    watch.see(piece);
    bytes += piece.byteLength;
  }
  return { ...watch.end(), bytes, digest: hash.digest('hex') };
}

/** The encoding of a text that is in memory. */
export function sniffEncoding(bytes: Uint8Array): Sniffed {
  const watch = createEncodingWatch();
  watch.see(bytes);
  return watch.end();
}

/** Sees a file piece by piece. UTF-8 is told apart by its form: other texts almost never have it. */
function createEncodingWatch(): { see(piece: Uint8Array): void; end(): Sniffed } {
  let rest: Uint8Array = new Uint8Array();
  let marked: Sniffed | undefined;
  let [first, utf8, hasZero] = [true, true, false];
  const [even, odd] = [new Uint32Array(2), new Uint32Array(2)];
  let seen = 0;
  const gb = new TextDecoder('gb18030', { fatal: true });
  let gbFits = true;
  return {
    see(piece) {
      if (first) {
        marked = markOf(piece);
        first = piece.byteLength === 0;
      }
      if (marked) return;
      countZeros(piece, { seen, even, odd });
      hasZero ||= piece.includes(0);
      seen += piece.byteLength;
      if (utf8) {
        const joined = rest.byteLength === 0 ? piece : Buffer.concat([rest, piece]);
        const end = wholeCharacters(joined);
        utf8 = isUtf8(joined.subarray(0, end));
        rest = joined.slice(end);
      }
      // Read in step with the rest: what is no UTF-8 at its end must still have been GB 18030 from its start.
      if (gbFits) {
        try {
          gb.decode(piece, { stream: true });
        } catch {
          gbFits = false;
        }
      }
    },
    end() {
      if (marked) return marked;
      if (hasZero) return { encoding: byZeros(even, odd), bom: false };
      if (utf8 && rest.byteLength === 0) return { encoding: 'utf-8', bom: false };
      return { encoding: gbFits && endsWell(gb) ? 'gb18030' : undefined, bom: false };
    },
  };
}

function endsWell(decoder: InstanceType<typeof TextDecoder>): boolean {
  try {
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

function markOf(bytes: Uint8Array): Sniffed | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', bom: true };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', bom: true };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', bom: true };
  return undefined;
}

/** Zero bytes at even and odd places, of how many. */
function countZeros(
  piece: Uint8Array,
  { seen, even, odd }: { seen: number; even: Uint32Array; odd: Uint32Array },
): void {
  const until = Math.min(piece.byteLength, Math.max(0, ZEROS_BYTES - seen));
  for (let i = 0; i < until; i++) {
    const side = (seen + i) % 2 === 0 ? even : odd;
    if (piece[i] === 0) side[0] = (side[0] as number) + 1;
    side[1] = (side[1] as number) + 1;
  }
}

/** Latin letters, digits and delimiters have a zero byte in UTF-16, on the same side every time. */
function byZeros(even: Uint32Array, odd: Uint32Array): Encoding | undefined {
  const share = ([zeros, all]: Uint32Array) => (zeros ?? 0) / Math.max(1, all ?? 0);
  const [high, low] = [share(even), share(odd)];
  if (low > 0.1 && high < low / 4) return 'utf-16le';
  if (high > 0.1 && low < high / 4) return 'utf-16be';
  return undefined;
}

/** How many bytes end with a whole UTF-8 character: at most three belong to the next piece. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.byteLength); back++) {
    const byte = bytes[bytes.byteLength - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.byteLength - back : bytes.byteLength;
  }
  return bytes.byteLength;
}

/** The text of a file, in pieces. A byte that is none of the encoding's becomes U+FFFD. */
export async function* decodeFile(
  path: string,
  encoding: Encoding,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const stream = createReadStream(path, {
    highWaterMark: PIECE_BYTES,
    ...(signal && { signal }),
  }) as AsyncIterable<Buffer>;
  for await (const piece of stream) {
    const text = decoder.decode(piece, { stream: true });
    if (text !== '') yield text;
  }
  const text = decoder.decode();
  if (text !== '') yield text;
}
