import { expect, test } from 'vitest';
import { observationSchema, type Fact } from '../../core/observation.ts';
import type { PositionBatch } from '../../core/position-batch.ts';
import { createPositionBuilder } from '../../core/position-builder.ts';
import { streamHealthSchema } from '../api/wall.ts';
import { createFlow, MINUTES_SHOWN } from './flow.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START_MS = Date.parse('2026-11-25T01:00:00+08:00');

/** As many positions of `source`, received at one instant. */
function positions(source: string, receivedAtMs: number, count = 1): PositionBatch {
  const builder = createPositionBuilder(count);
  for (let row = 0; row < count; row++) {
    builder.add({ subject: 'S1', source, atMs: receivedAtMs + row, lng: 107.5, lat: 31.2 });
  }
  const batch = builder.drain();
  batch.receivedAtMs.fill(receivedAtMs);
  return batch;
}

const checkIn = (receivedAtMs: number): Fact =>
  observationSchema.parse({
    id: 'l1',
    kind: 'lodging',
    subject: 'S1',
    source: 'lodging/register',
    atMs: receivedAtMs,
    receivedAtMs,
    sequence: 1,
    lodgingId: 'L1',
    action: 'in',
    place: '旅馆甲',
    at: '511300',
  }) as Fact;

const statesAt = (nowMs: number) => {
  const flow = createFlow(START_MS);
  flow.positions(positions('bracelet/jt808', START_MS));
  flow.facts([checkIn(START_MS)]);
  return flow.streams(nowMs).map(({ source, state }) => `${source} ${state}`);
};

test.each([
  [MINUTE_MS, 'ok', 'ok'],
  [2 * MINUTE_MS, 'slow', 'quiet'],
  [11 * MINUTE_MS, 'silent', 'quiet'],
  [25 * HOUR_MS, 'silent', 'silent'],
])('%d ms after the last record positions are %s, lodging is %s', (sinceMs, bracelet, lodging) => {
  expect(statesAt(START_MS + sinceMs)).toEqual([
    `bracelet/jt808 ${bracelet}`,
    `lodging/register ${lodging}`,
  ]);
});

test('minutes before the first record are not known, those after it without any are zero', () => {
  const flow = createFlow(START_MS - HOUR_MS);
  flow.positions(positions('phone/app', START_MS, 7));
  const { admitted, refused } = flow.minutes(START_MS + 3 * MINUTE_MS);
  expect(admitted.length).toBe(MINUTES_SHOWN);
  expect(admitted.slice(-4)).toEqual([null, 7, 0, 0]);
  expect(refused.slice(-4)).toEqual([null, 0, 0, 0]);
  expect(admitted.filter((count) => count !== null).length).toBe(3);
});

test('a refusal is something known as well, a duplicate is refused to nobody', () => {
  const flow = createFlow(START_MS - HOUR_MS);
  flow.refused(
    [
      { source: 'rail/partner', reason: 'no-basis', count: 3 },
      { source: 'rail/partner', reason: 'duplicate', count: 9 },
    ],
    START_MS,
  );
  const { refused } = flow.minutes(START_MS + MINUTE_MS);
  expect(refused.slice(-2)).toEqual([null, 3]);
});

test('what of a partner could not be read stands under a name of its own, and is not silent', () => {
  const flow = createFlow(START_MS);
  flow.refused(
    [
      { source: 'push/pt_1', reason: 'no-json', count: 3 },
      { source: 'rail/12306', reason: 'no-order', count: 1 },
    ],
    START_MS,
  );
  const streams = flow.streams(START_MS + MINUTE_MS);
  expect(
    streams.map(({ name, refusedPerMinute, state }) => [name.zh, refusedPerMinute, state]),
  ).toEqual([
    ['外部接口数据', 3, 'quiet'],
    ['铁路订票', 1, 'quiet'],
  ]);
  for (const stream of streams) expect(streamHealthSchema.parse(stream)).toEqual(stream);
});
