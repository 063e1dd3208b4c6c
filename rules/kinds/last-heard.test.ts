import { expect, test } from 'vitest';
import { positionAt } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { LastHeard, type HeardRun } from './last-heard.ts';

const builder = createPositionBuilder();
builder.add({
  subject: 'DZ-1',
  source: 'bracelet/jt808',
  sequence: 4_000_000_001,
  atMs: Date.UTC(2026, 2, 2),
  lng: 107.123456,
  lat: 31.654321,
  accuracyM: 12.5,
  speedKmh: 3.25,
  batteryPercent: 87,
  fix: 'wifi',
});
const batch = builder.drain();
batch.receivedAtMs[0] = Date.UTC(2026, 2, 2) + 1_500;
batch.labels[0] = 0xa005;
batch.region[0] = 511_722;

test('a fix comes back as it was heard, also from a state', () => {
  const heard = new LastHeard();
  const run = {
    batch,
    slots: Int32Array.of(3),
    sourceNumbers: heard.sourceNumbers(batch.sources),
  } as unknown as HeardRun;
  heard.reserve(4);
  heard.position(run, 0);
  expect(heard.of(3, 'DZ-1')).toEqual(positionAt(batch, 0));
  expect(heard.of(2, 'DZ-0')).toBeUndefined();

  const again = new LastHeard();
  again.restore(structuredClone(heard.snapshot(4)));
  expect(again.of(3, 'DZ-1')).toEqual(positionAt(batch, 0));
  expect(again.atMsOf(3)).toBe(batch.atMs[0]);
});

test('records of the form before are read', () => {
  const before = new Float64Array(4 * 8);
  const packed = [511_722 * 2 ** 26 + 0xa005 * 2 ** 10 + 87 * 4 + (batch.fix[0] as number)];
  const place = [batch.atMs, batch.receivedAtMs, batch.lng, batch.lat, batch.accuracyM];
  const numbers = place.map((column) => column[0] as number);
  before.set([...numbers, batch.speedKmh[0] as number, ...packed, 4_000_000_001 * 256], 3 * 8);
  const heard = new LastHeard();
  heard.restore({ positions: before, sources: ['bracelet/jt808'], facts: new Map() });
  expect(heard.of(3, 'DZ-1')).toEqual(positionAt(batch, 0));
  expect(heard.of(0, 'DZ-0')).toBeUndefined();
});
