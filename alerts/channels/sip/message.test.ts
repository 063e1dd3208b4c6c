import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialledNumber, endpointOf, parseNameAddress } from './address.ts';
import {
  formatMessage,
  headerOf,
  headersOf,
  parseMessage,
  splitOutside,
  type SipMessage,
} from './message.ts';

const INVITE = [
  'INVITE sip:08181234@city.example SIP/2.0',
  'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport',
  'Max-Forwards: 70',
  'From: "准绳" <sip:4000@city.example>;tag=a1',
  'To: <sip:08181234@city.example>',
  'Call-ID: call_1@10.0.0.1',
  'CSeq: 1 INVITE',
  'Content-Length: 4',
  '',
  'v=0\n',
].join('\r\n');

const read = (text: string): SipMessage => {
  const parsed = parseMessage(Buffer.from(text));
  if (parsed.kind === 'malformed') throw new Error(parsed.reason);
  return parsed.message;
};

describe('a message', () => {
  test('is read and written the same', () => {
    const message = read(INVITE);
    expect(message).toMatchObject({ kind: 'request', method: 'INVITE', body: 'v=0\n' });
    expect(formatMessage(message).toString()).toBe(INVITE);
  });

  test('means the same however it is written', () => {
    // After RFC 4475, section 3.1.1.1: compact names, folded lines, odd blanks and case, any order.
    const odd = [
      '',
      'INVITE sip:08181234@city.example SIP/2.0',
      'cSEQ:   1',
      '\t INVITE',
      'l : 4',
      'I:call_1@10.0.0.1',
      't :\t<sip:08181234@city.example>',
      'f: "准绳"  ',
      '  <sip:4000@city.example>;tag=a1',
      'v: SIP / 2.0 / UDP 10.0.0.1;branch=z9hG4bK1, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK2',
      'X-Unknown: "a,b" <c,d>',
      '',
      'v=0\nmore than was announced',
    ].join('\r\n');
    const message = read(odd);
    expect(message.body).toBe('v=0\n');
    expect(headerOf(message, 'cseq')).toBe('1 INVITE');
    expect(headerOf(message, 'call-id')).toBe('call_1@10.0.0.1');
    expect(headersOf(message, 'via')).toHaveLength(2);
    expect(headerOf(message, 'x-unknown')).toBe('"a,b" <c,d>');
    expect(parseNameAddress(headerOf(message, 'from') ?? '')?.parameters.get('tag')).toBe('a1');
  });

  test.each([
    ['', 'empty'],
    ['\r\n\r\n', 'empty'],
    ['INVITE sip:a@b SIP/2.0\r\n', 'headers-not-ended'],
    [INVITE.replace('SIP/2.0\r\n', 'HTTP/1.1\r\n'), 'bad-start-line'],
    [INVITE.replace(/^INVITE /, 'INVITE  '), 'bad-start-line'],
    [INVITE.replace(/^INVITE sip:\S+/, 'SIP/2.0 99'), 'bad-start-line'],
    [INVITE.replace('Max-Forwards:', 'Max Forwards:'), 'bad-header-line'],
    [INVITE.replace('Max-Forwards: 70', ': 70'), 'bad-header-line'],
    [INVITE.replace(/Call-ID: .*\r\n/, ''), 'missing-header'],
    [INVITE.replace('Call-ID: call_1@10.0.0.1', 'Call-ID: '), 'missing-header'],
    [INVITE.replace('Max-Forwards: 70', 'i: another'), 'repeated-header'],
    [INVITE.replace('1 INVITE', '1 BYE'), 'bad-cseq'],
    [INVITE.replace('1 INVITE', '4294967296 INVITE'), 'bad-cseq'],
    [INVITE.replace('1 INVITE', '-1 INVITE'), 'bad-cseq'],
    [INVITE.replace('SIP/2.0/UDP', 'SIP/3.0/UDP'), 'bad-via'],
    [INVITE.replace('Length: 4', 'Length: 5'), 'short-body'],
    [INVITE.replace('Length: 4', 'Length: -1'), 'bad-content-length'],
    [`${INVITE}${'x'.repeat(66_000)}`, 'too-large'],
  ])('that cannot be placed is refused with a reason (%#)', (text, reason) => {
    expect(parseMessage(Buffer.from(text))).toMatchObject({ kind: 'malformed', reason });
  });

  test('never throws, whatever arrives', () => {
    const mutated = fc
      .tuple(fc.nat(INVITE.length), fc.nat(20), fc.string({ unit: 'binary' }))
      .map(([at, cut, put]) => `${INVITE.slice(0, at)}${put}${INVITE.slice(at + cut)}`);
    fc.assert(
      fc.property(
        fc.oneof(
          mutated.map((text) => Buffer.from(text)),
          fc.uint8Array(),
        ),
        (bytes) => {
          const parsed = parseMessage(bytes);
          expect(['message', 'malformed']).toContain(parsed.kind);
          // What was understood can be said, and is understood the same.
          if (parsed.kind !== 'message') return;
          const again = parseMessage(formatMessage(parsed.message));
          const bare = (message: SipMessage) => ({
            ...message,
            headers: message.headers.filter(([name]) => name !== 'content-length'),
          });
          expect(again.kind === 'message' && bare(again.message)).toEqual(bare(parsed.message));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('cannot be made to carry a header of somebody else', () => {
    const message = read(INVITE);
    const evil = { ...message, headers: [...message.headers, ['subject', 'x\r\nVia: y'] as const] };
    expect(headersOf(read(formatMessage(evil).toString()), 'via')).toHaveLength(1);
  });
});

test('lists are split only outside quotes and brackets', () => {
  expect(splitOutside('"a,\\",b" <c,d>, e', ',')).toEqual(['"a,\\",b" <c,d>', 'e']);
});

test.each([
  ['sip:a@10.0.0.1:5070;transport=udp', { host: '10.0.0.1', port: 5_070 }],
  ['sip:10.0.0.1;lr', { host: '10.0.0.1', port: 5_060 }],
  ['sip:a@[::1]:5061?x=y', { host: '::1', port: 5_061 }],
  ['sip:a@b;transport=tcp', undefined],
  ['sip:a@b:70000', undefined],
  ['tel:110', undefined],
])('%s is reached at %j', (uri, endpoint) => {
  expect(endpointOf(uri)).toEqual(endpoint);
});

test.each([
  ['0818-123 4567', '08181234567'],
  ['+86 (818) 1234', '+868181234'],
  ['12#', '12%23'],
  ['', undefined],
  ['110;phone-context=x', undefined],
  ['1@other.example', undefined],
])('"%s" is dialled as %s', (number, dialled) => {
  expect(dialledNumber(number, { prefix: '', isNational: false })).toBe(dialled);
});

test.each([
  ['+86 139 0818 0001', '13908180001'],
  ['0086-818-2160000', '08182160000'],
  ['+86 0818 2160000', '08182160000'],
  ['0818 2160000', '08182160000'],
  ['8001', '8001'],
  ['+852 2810 0000', '+85228100000'],
])('a national plan with a prefix dials %s as 9%s', (number, dialled) => {
  expect(dialledNumber(number, { prefix: '9', isNational: true })).toBe(`9${dialled}`);
});
