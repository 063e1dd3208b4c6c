import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escape, FLAG, isWellEscaped, unescape } from './escape.ts';
import { createFrameSplitter, FRAME_BYTES_MAX } from './frame-splitter.ts';
import { BODY_BYTES_MAX, readFrame, STRICT, writeFrame, writeFrames } from './frame.ts';
import { header } from './message.fixture.ts';
import { createPacketAssembler } from './split-packets.ts';

/** Bytes with many of the two that are special. */
const bytes = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x7e, 0x7d, 0x01, 0x02)),
  { maxLength: 300 },
);

const framesOf = (stream: Uint8Array, cuts: readonly number[]) => {
  const frames: string[] = [];
  const splitter = createFrameSplitter({
    onFrame: (escaped) => frames.push(Buffer.from(escaped).toString('hex')),
    onDefect: () => {},
  });
  const ends = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const end of [...ends, stream.length]) {
    splitter.push(stream.subarray(from, end));
    from = end;
  }
  return frames;
};

test('what is escaped holds no flag and comes back unchanged', () => {
  fc.assert(
    fc.property(bytes, (plain) => {
      const escaped = escape(Uint8Array.from(plain));
      expect(escaped.includes(FLAG)).toBe(false);
      expect(isWellEscaped(escaped)).toBe(true);
      expect([...unescape(escaped)]).toEqual(plain);
    }),
  );
});

test('a written frame reads back as it was', () => {
  fc.assert(
    fc.property(header, bytes, (written, plain) => {
      const frame = writeFrame(written, Uint8Array.from(plain));
      const read = readFrame(frame.subarray(1, -1));
      expect(read).toMatchObject({ kind: 'ok', value: { ...written, flags: [] } });
      expect(read.kind === 'ok' && [...read.value.body]).toEqual(plain);
    }),
  );
});

test('one bit changed anywhere never gives a different sound frame', () => {
  fc.assert(
    fc.property(header, bytes, fc.nat(), fc.nat(7), (written, plain, at, bit) => {
      const frame = writeFrame(written, Uint8Array.from(plain)).slice(1, -1);
      const spot = at % frame.length;
      frame[spot] = (frame[spot] as number) ^ (1 << bit);
      expect(readFrame(frame).kind).toBe('drop');
    }),
  );
});

test('any cutting of a stream gives the same frames', () => {
  const stream = fc
    .array(fc.tuple(header, bytes, fc.boolean()), { maxLength: 6 })
    .map((messages) =>
      Buffer.concat(
        messages.flatMap(([written, plain, doubled]) => [
          writeFrame(written, Uint8Array.from(plain)),
          Uint8Array.from(doubled ? [FLAG] : []),
        ]),
      ),
    );
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (whole, cuts) => {
      expect(framesOf(whole, cuts)).toEqual(framesOf(whole, []));
    }),
  );
});

test('frames that share one flag are all found', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(header, bytes), { minLength: 1, maxLength: 6 }), (messages) => {
      const frames = messages.map(([written, plain]) =>
        writeFrame(written, Uint8Array.from(plain)),
      );
      const shared = Buffer.concat(frames.map((frame, i) => (i === 0 ? frame : frame.subarray(1))));
      expect(framesOf(shared, [])).toEqual(
        frames.map((frame) => Buffer.from(frame.subarray(1, -1)).toString('hex')),
      );
    }),
  );
});

test('random bytes are read to the end without throwing, and little of them is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 6 }), (chunks) => {
      const splitter = createFrameSplitter({
        onFrame: (escaped) => {
          readFrame(escaped);
          readFrame(escaped, {
            forcedVersion: 2019,
            tolerates: ['bad-checksum', 'length-mismatch'],
          });
        },
        onDefect: () => {},
      });
      for (const chunk of chunks) {
        splitter.push(chunk);
        expect(splitter.pendingBytes).toBeLessThanOrEqual(FRAME_BYTES_MAX);
      }
    }),
  );
});

test('a split message is whole again whatever the order of its packets', () => {
  const body = fc.uint8Array({ minLength: BODY_BYTES_MAX + 1, maxLength: 4_000 });
  fc.assert(
    fc.property(
      header,
      body,
      fc.integer({ min: 200, max: BODY_BYTES_MAX }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (written, long, packetBytes, chance) => {
        const frames = writeFrames(written, long, packetBytes)
          .map((frame) => ({ frame, order: chance.next().value as number }))
          .sort((a, b) => a.order - b.order)
          .map(({ frame }) => readFrame(frame.subarray(1, -1), STRICT));
        const assembler = createPacketAssembler(() => expect.unreachable('nothing is lost'));
        const wholes = frames.map((frame) =>
          frame.kind === 'ok' ? assembler.add(frame.value, 0) : expect.unreachable(frame.reason),
        );
        expect(wholes.slice(0, -1).every((whole) => whole === undefined)).toBe(true);
        const whole = wholes.at(-1);
        expect(Buffer.from(whole?.body ?? []).equals(long)).toBe(true);
        expect(whole?.serial).toBe(written.serial);
        expect(whole?.packetSerials).toHaveLength(frames.length);
      },
    ),
  );
});
