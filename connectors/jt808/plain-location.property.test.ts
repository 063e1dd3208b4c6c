import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escape, unescape } from './escape.ts';
import { readFrame, writeFrame } from './frame.ts';
import { bodyOf, headerOf, location, version } from './message.fixture.ts';
import { decodeBody, encodeBody, MESSAGES } from './message.ts';
import { createPlainLocationReader } from './plain-location.ts';

/** The long way: a sound, whole frame with a readable 0x0200. */
function readLongWay(escaped: Uint8Array) {
  const frame = readFrame(escaped);
  if (frame.kind !== 'ok' || frame.value.split) return undefined;
  const body = decodeBody(frame.value, frame.value.body);
  if (body.kind !== 'ok' || body.value.kind !== 'location') return undefined;
  const { messageId, version: edition, phone, serial } = frame.value;
  return { header: { messageId, version: edition, phone, serial }, location: body.value.location };
}

/** Copies what is only valid until the next frame, and makes its kind of array one. */
const kept = (read: ReturnType<typeof readLongWay>) =>
  read && {
    ...read,
    location: { ...read.location, extra: Buffer.from(read.location.extra).toString('hex') },
  };

const terminal = version.chain((edition) => headerOf(edition));

test('a plain location of the terminal is read the short way, to the same result', () => {
  fc.assert(
    fc.property(terminal, location, (header, value) => {
      const body = encodeBody({ kind: 'location', location: value }, header.version);
      const frame = writeFrame({ ...header, messageId: MESSAGES.location.messageId }, body);
      const escaped = frame.slice(1, -1);
      const short = createPlainLocationReader(header)(escaped);
      expect(short?.header.messageId).toBe(MESSAGES.location.messageId);
      expect(kept(short)).toEqual(kept(readLongWay(escaped)));
    }),
    { numRuns: 300 },
  );
});

/** Bytes set anywhere, the end cut off, with or without a checksum mended or bytes stuffed after. */
type Damage = { sets: [number, number][]; cut: number; isMended: boolean; isStuffed: boolean };

const damage: fc.Arbitrary<Damage> = fc.record({
  sets: fc.array(
    fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0x7d, 0x01, 0x02, 0x40, 0x20))),
    { maxLength: 3 },
  ),
  cut: fc.nat(3),
  isMended: fc.boolean(),
  isStuffed: fc.boolean(),
});

function damaged(frame: Uint8Array, how: Damage): Uint8Array {
  const bytes = unescape(frame).slice(0, -how.cut || undefined);
  for (const [at, value] of how.sets) bytes[at % bytes.length] = value;
  if (how.isMended) {
    bytes[bytes.length - 1] = bytes.subarray(0, -1).reduce((sum, byte) => sum ^ byte, 0);
  }
  return how.isStuffed ? escape(bytes) : bytes;
}

test('the short way never takes what the long way would not, nor reads it otherwise', () => {
  const sent = terminal.chain((header) =>
    fc.tuple(
      fc.constant(header),
      fc.oneof(
        location.map((value) => ({ kind: 'location' as const, location: value })),
        bodyOf(header.version),
      ),
    ),
  );
  let taken = 0;
  fc.assert(
    fc.property(sent, damage, ([header, body], how) => {
      const { messageId } = MESSAGES[body.kind];
      const frame = writeFrame({ ...header, messageId }, encodeBody(body, header.version));
      const escaped = damaged(frame.subarray(1, -1), how);
      const short = createPlainLocationReader(header)(escaped);
      if (!short) return;
      taken++;
      expect(kept(short)).toEqual(kept(readLongWay(escaped)));
    }),
    { numRuns: 3_000 },
  );
  expect(taken).toBeGreaterThan(100);
});

test('a location of another terminal goes the long way', () => {
  fc.assert(
    fc.property(terminal, location, (header, value) => {
      const body = encodeBody({ kind: 'location', location: value }, header.version);
      const digit = (Number(header.phone.at(-1)) + 1) % 10;
      const phone = `${header.phone.slice(0, -1)}${digit}`;
      const { messageId } = MESSAGES.location;
      const escaped = writeFrame({ ...header, phone, messageId }, body).slice(1, -1);
      expect(createPlainLocationReader(header)(escaped)).toBeUndefined();
    }),
  );
});
