// What a record says once persons were taken out of it.

import { expect, test } from 'vitest';
import fc from 'fast-check';
import { placeholderFor, type Forgotten } from '../core/forgotten.ts';
import { secureIds } from '../core/ids.ts';
import { decodePositions, encodePositions, positionAt } from '../core/position-batch.ts';
import { createPositionBuilder } from '../core/position-builder.ts';
import { subjectKey } from '../core/subject.ts';
import { cleanse } from './forget.ts';
import { decodeLines, encodeLines } from './log.ts';

const person = (key: string): Forgotten => {
  const subject = subjectKey(key);
  return { subject, placeholder: placeholderFor(subject, secureIds) };
};

test('positions of others stay as they were, in a payload of the same length', () => {
  const keys = ['cc-1', 'cc-12', 'ra-7', 'cc-000123'];
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 40 }), fc.nat(3), (picks, goneAt) => {
      const builder = createPositionBuilder(4);
      for (const [sequence, pick] of picks.entries()) {
        builder.add({
          subject: keys[pick] as string,
          source: `phone/${pick % 2}`,
          atMs: 1_000 + sequence,
          lng: 107 + sequence / 7,
          lat: 31,
          sequence,
        });
      }
      const payload = encodePositions(builder.drain());
      const gone = keys[goneAt] as string;
      const cleansed = cleanse({ kind: 'positions', payload }, [person(gone)]);
      const rowsOf = (bytes: Uint8Array) => {
        const batch = decodePositions(bytes);
        return Array.from({ length: batch.length }, (_, row) => positionAt(batch, row));
      };
      const before = rowsOf(payload);
      const wanted = before.filter(({ subject }) => subject !== gone);
      if (!cleansed) {
        expect(wanted).toEqual(before);
        return;
      }
      expect(cleansed.payload.byteLength).toBe(payload.byteLength);
      expect(cleansed.removed).toBe(before.length - wanted.length);
      expect(rowsOf(cleansed.payload)).toEqual(wanted);
      // Also where the bytes do not begin at a place that could be viewed.
      const shifted = Buffer.concat([Buffer.alloc(3), cleansed.payload]).subarray(3);
      expect(rowsOf(shifted)).toEqual(wanted);
    }),
  );
});

test('lines about a person go; a key in lines of others is overwritten; the length stays', () => {
  const gone = person('cc-000123');
  const lines = [
    { subject: 'cc-000123', place: '宣汉县“北门”' },
    { subject: 'cc-0001234', note: 'cc-000123 within a text is no key' },
    { subject: 'ra-7', conditions: { noContactWith: ['cc-000123'] } },
    { reason: 'no-subject', detail: '', observation: { subject: 'cc-000123', lng: 107.5 } },
  ];
  const payload = encodeLines(lines);
  const cleansed = cleanse({ kind: 'lines', payload }, [gone]);
  expect(cleansed?.payload.byteLength).toBe(payload.byteLength);
  expect(cleansed).toMatchObject({ removed: 2, overwritten: 1 });
  expect(decodeLines(cleansed?.payload ?? payload)).toEqual([
    lines[1],
    { subject: 'ra-7', conditions: { noContactWith: [gone.placeholder] } },
  ]);
  expect(cleanse({ kind: 'lines', payload: encodeLines([lines[1]]) }, [gone])).toBeUndefined();
});
