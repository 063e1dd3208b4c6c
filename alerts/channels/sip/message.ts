// SIP messages as text and as data (RFC 3261, section 7). Strict about what decides where a message belongs
// (start line, Via, Call-ID, CSeq), tolerant of how it is written: order of headers, compact names, folded
// lines, letter case. What cannot be read comes back as a reason; nothing throws.

/** A header by its full name in lower case; several values of one header are several entries. */
export type SipHeader = readonly [name: string, value: string];

type Common = { readonly headers: readonly SipHeader[]; readonly body: string };

export type SipRequest = Common & {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
};

export type SipResponse = Common & {
  readonly kind: 'response';
  readonly status: number;
  readonly phrase: string;
};

export type SipMessage = SipRequest | SipResponse;

export type MalformedReason =
  | 'bad-content-length'
  | 'bad-cseq'
  | 'bad-header-line'
  | 'bad-start-line'
  | 'bad-via'
  | 'empty'
  | 'headers-not-ended'
  | 'missing-header'
  | 'repeated-header'
  | 'short-body'
  | 'too-large';

export type Parsed =
  | { readonly kind: 'message'; readonly message: SipMessage }
  | { readonly kind: 'malformed'; readonly reason: MalformedReason; readonly detail: string };

/** What fits into a UDP datagram. */
const MESSAGE_BYTES_MAX = 65_535;

/** RFC 3261, section 7.3.3, and RFC 3515, 3841, 6665 for the rest. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
};

/** Without these nobody knows which transaction a message belongs to. */
const REQUIRED = ['via', 'from', 'to', 'call-id', 'cseq'] as const;
const ONCE = ['from', 'to', 'call-id', 'cseq', 'content-length'] as const;
/** Headers whose values may stand in one line with commas between. */
const LISTS: ReadonlySet<string> = new Set(['via', 'route', 'record-route', 'contact']);

/** A lone CR or any other control character has no business in a line, and might end one for somebody else. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

export function parseMessage(bytes: Uint8Array): Parsed {
  if (bytes.length > MESSAGE_BYTES_MAX) return malformed('too-large', `${bytes.length} bytes`);
  const whole = Buffer.from(bytes);
  // Empty lines before a message are keep-alives of some senders.
  let start = 0;
  while (whole[start] === 13 || whole[start] === 10) start++;
  if (start === whole.length) return malformed('empty', '');
  const end = /\r?\n\r?\n/.exec(whole.toString('latin1', start));
  if (!end) return malformed('headers-not-ended', '');
  const head = whole.toString('utf8', start, start + end.index);
  const rest = whole.subarray(start + end.index + end[0].length);
  // A line that begins with blank space continues the one before.
  const [startLine = '', ...lines] = head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const first = CONTROL.test(startLine) ? undefined : readStartLine(startLine);
  if (!first) return malformed('bad-start-line', startLine);
  const headers: SipHeader[] = [];
  for (const line of lines) {
    const read = CONTROL.test(line) ? undefined : readHeaderLine(line);
    if (!read) return malformed('bad-header-line', line);
    headers.push(...read);
  }
  const body = bodyOf(headers, rest);
  if (typeof body !== 'string') return body;
  const message: SipMessage = { ...first, headers, body };
  return problemOf(message) ?? { kind: 'message', message };
}

function readStartLine(
  line: string,
):
  | Pick<SipRequest, 'kind' | 'method' | 'uri'>
  | Pick<SipResponse, 'kind' | 'status' | 'phrase'>
  | undefined {
  const response = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/i.exec(line);
  if (response) {
    return { kind: 'response', status: Number(response[1]), phrase: response[2] ?? '' };
  }
  const request = /^(\S+) (\S+) SIP\/2\.0$/i.exec(line);
  const [, method = '', uri = ''] = request ?? [];
  return request && TOKEN.test(method) ? { kind: 'request', method, uri } : undefined;
}

function readHeaderLine(line: string): SipHeader[] | undefined {
  const colon = line.indexOf(':');
  const written = line.slice(0, Math.max(0, colon)).trimEnd().toLowerCase();
  if (!TOKEN.test(written)) return undefined;
  const name = COMPACT[written] ?? written;
  const value = line.slice(colon + 1).trim();
  return LISTS.has(name)
    ? splitOutside(value, ',').map((part): SipHeader => [name, part])
    : [[name, value]];
}

/** Splits at a sign where it stands in neither quotes nor angle brackets. */
export function splitOutside(value: string, sign: ',' | ';'): string[] {
  const parts: string[] = [];
  let quoted = false;
  let depth = 0;
  let from = 0;
  for (let at = 0; at < value.length; at++) {
    const character = value[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '<') depth++;
    else if (!quoted && character === '>') depth = Math.max(0, depth - 1);
    else if (!quoted && depth === 0 && character === sign) {
      parts.push(value.slice(from, at).trim());
      from = at + 1;
    }
  }
  parts.push(value.slice(from).trim());
  return parts.filter((part) => part !== '');
}

function bodyOf(headers: readonly SipHeader[], rest: Buffer): string | Parsed {
  const given = headers.find(([name]) => name === 'content-length')?.[1];
  if (given === undefined) return rest.toString('utf8');
  if (!/^\d{1,8}$/.test(given)) return malformed('bad-content-length', given);
  const length = Number(given);
  if (length > rest.length) return malformed('short-body', `${rest.length} of ${length} bytes`);
  return rest.toString('utf8', 0, length);
}

function problemOf(message: SipMessage): Parsed | undefined {
  for (const name of REQUIRED) {
    if (!headerOf(message, name)) return malformed('missing-header', name);
  }
  for (const name of ONCE) {
    if (headersOf(message, name).length > 1) return malformed('repeated-header', name);
  }
  const cseq = headerOf(message, 'cseq') ?? '';
  const [, number = '', method = ''] = /^(\d{1,10})[ \t]+(\S+)$/.exec(cseq) ?? [];
  const isOfRequest = message.kind === 'response' || message.method === method;
  if (number === '' || Number(number) > 0xffff_ffff || !isOfRequest) {
    return malformed('bad-cseq', cseq);
  }
  const via = headerOf(message, 'via') ?? '';
  return /^SIP\s*\/\s*2\.0\s*\/\s*\S+\s+\S/i.test(via) ? undefined : malformed('bad-via', via);
}

const malformed = (reason: MalformedReason, detail: string): Parsed => ({
  kind: 'malformed',
  reason,
  detail: detail.slice(0, 100),
});

/** The first value of a header, by its full name in lower case. */
export const headerOf = (message: Common, name: string): string | undefined =>
  message.headers.find((header) => header[0] === name)?.[1];

export const headersOf = (message: Common, name: string): string[] =>
  message.headers.filter((header) => header[0] === name).map(([, value]) => value);

/** Of a message that was parsed or built here, so it has one. */
export function cseqOf(message: Common): { readonly number: number; readonly method: string } {
  const [number = '0', method = ''] = (headerOf(message, 'cseq') ?? '').split(/[ \t]+/);
  return { number: Number(number), method };
}

/** A message as it goes over the wire; Content-Length is set here. */
export function formatMessage(message: SipMessage): Buffer {
  const startLine =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.phrase}`;
  const body = Buffer.from(message.body, 'utf8');
  const lines = message.headers
    .filter(([name]) => name !== 'content-length')
    .map(([name, value]) => `${properName(name)}: ${value.replaceAll(/[\r\n]+[ \t]*/g, ' ')}`);
  const head = [startLine, ...lines, `Content-Length: ${body.length}`, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'utf8'), body]);
}

const IRREGULAR: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'www-authenticate': 'WWW-Authenticate',
};

const properName = (name: string): string =>
  IRREGULAR[name] ?? name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
