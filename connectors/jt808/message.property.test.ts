import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readItems, writeItems } from './location-items.ts';
import { bodyOf, locationItems, version } from './message.fixture.ts';
import { decodeBody, encodeBody, MESSAGES } from './message.ts';

test('every message reads back as it was written', () => {
  fc.assert(
    fc.property(
      version.chain((edition) => fc.tuple(fc.constant(edition), bodyOf(edition))),
      ([edition, body]) => {
        const header = { messageId: MESSAGES[body.kind].messageId, version: edition };
        const decoded = decodeBody(header, encodeBody(body, edition));
        expect(decoded).toEqual({ kind: 'ok', value: body });
      },
    ),
    { numRuns: 500 },
  );
});

test('no bytes make decoding throw, whatever the message', () => {
  const messageId = fc.constantFrom(
    ...Object.values(MESSAGES).map((message) => message.messageId),
    0x0f01,
  );
  fc.assert(
    fc.property(messageId, version, fc.uint8Array({ maxLength: 200 }), (id, edition, bytes) => {
      const decoded = decodeBody({ messageId: id, version: edition }, bytes);
      expect(['ok', 'drop']).toContain(decoded.kind);
      if (decoded.kind !== 'ok' || decoded.value.kind !== 'location-batch') return;
      expect(decoded.value.items.length).toBeLessThanOrEqual(bytes.length / 2);
    }),
    { numRuns: 500 },
  );
});

test('additional items read back as they were written', () => {
  fc.assert(
    fc.property(locationItems, (written) => {
      expect(readItems(writeItems({ ...written, restHex: '' }))).toEqual({
        ...written,
        restHex: '',
      });
    }),
  );
});

test('any bytes behind a location are kept, as items or as the rest', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(Buffer.from(writeItems(readItems(bytes))).equals(bytes)).toBe(true);
    }),
  );
});
