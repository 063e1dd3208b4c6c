import { expect, test } from 'vitest';
import { epochMs } from '../../core/time.ts';
import type { LogRecord } from '../log.ts';
import { createReadAhead } from './read-ahead.ts';

const place = { topic: 'log.observations', partition: 0 };

const records = (first: number, count: number, bytes = 1): LogRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    offset: first + index,
    kind: 'lines',
    watermarkMs: epochMs(0),
    appendedAtMs: epochMs(0),
    payload: new Uint8Array(bytes),
  }));

test('what is kept is given once, from its first offset only', () => {
  const readAhead = createReadAhead();
  const kept = records(5, 3);
  readAhead.keep(place, kept);
  expect(readAhead.take(place, 6)).toBeUndefined();
  expect(readAhead.take({ ...place, partition: 1 }, 5)).toBeUndefined();
  expect(readAhead.take(place, 5)).toBe(kept);
  expect(readAhead.take(place, 5)).toBeUndefined();
});

test('two readers at different offsets keep apart', () => {
  const readAhead = createReadAhead();
  readAhead.keep(place, records(5, 3));
  readAhead.keep(place, records(9, 2));
  expect(readAhead.take(place, 9)?.length).toBe(2);
  expect(readAhead.take(place, 5)?.length).toBe(3);
});

test('the longest kept goes first when room runs out, and what replaces frees its own', () => {
  const readAhead = createReadAhead(3_000);
  readAhead.keep(place, records(0, 1, 1_000));
  readAhead.keep(place, records(1, 1, 1_000));
  for (let again = 0; again < 10; again++) readAhead.keep(place, records(1, 1, 1_000));
  expect(readAhead.take(place, 0)?.length).toBe(1);
  readAhead.keep(place, records(2, 1, 1_000));
  readAhead.keep(place, records(3, 1, 1_000));
  expect(readAhead.take(place, 1)).toBeUndefined();
  expect(readAhead.take(place, 2)?.length).toBe(1);
  expect(readAhead.take(place, 3)?.length).toBe(1);
});

test('nothing is kept of nothing', () => {
  const readAhead = createReadAhead();
  readAhead.keep(place, []);
  expect(readAhead.take(place, 0)).toBeUndefined();
});
