// What waits in front of the engine: bounded, in order, and never lost.

import { expect, test } from 'vitest';
import type { EngineInput } from './engine.ts';
import { factOf, WORLD_START_MS } from './fact-world.fixture.ts';
import { createSettling } from './settle.ts';

const at = (second: number) => WORLD_START_MS + second * 1_000;
const fact = (second: number) =>
  factOf({
    subject: 'P0',
    atMs: at(second),
    source: 'bracelet',
    content: { kind: 'device', event: 'tamper' },
  });
const record = (watermark: number, ...seconds: number[]): EngineInput => ({
  watermarkMs: at(watermark),
  facts: seconds.map(fact),
});
const seconds = (inputs: readonly EngineInput[]) =>
  inputs.flatMap(({ facts = [] }) => facts.map(({ atMs }) => (atMs - WORLD_START_MS) / 1_000));

test('gives on in order of time what the watermark has passed', () => {
  const settling = createSettling({ settles: true });
  expect(seconds(settling.take(record(0, 9, 3, 7)))).toEqual([]);
  expect(seconds(settling.take(record(7, 5)))).toEqual([3, 5, 7]);
  expect(seconds(settling.take(record(9, 1)))).toEqual([1, 9]);
  expect(settling.status()).toEqual({ held: 0, hurried: 0 });
});

test('switched off after a restart it gives on at once what was held', () => {
  const settling = createSettling({ settles: true });
  settling.take(record(0, 9, 3));
  const off = createSettling({ settles: false }, structuredClone(settling.snapshot()));
  expect(seconds(off.take(record(1, 20)))).toEqual([3, 9, 20]);
  const input = record(2, 30);
  expect(off.take(input)).toEqual([input]);
});

test('of too many the oldest are judged early, without time passing', () => {
  const settling = createSettling({ settles: true, heldMax: 2 });
  const inputs = settling.take(record(0, 9, 3, 7, 5));
  expect(seconds(inputs)).toEqual([3, 5]);
  expect(inputs.every(({ watermarkMs }) => watermarkMs <= at(0))).toBe(true);
  expect(settling.status()).toEqual({ held: 2, hurried: 2 });
});

test('nothing is left of a person who is forgotten', () => {
  const settling = createSettling({ settles: true });
  settling.take(record(0, 9, 3));
  settling.drop(new Set(['P1']));
  expect(settling.status().held).toBe(2);
  settling.drop(new Set(['P0']));
  expect(settling.snapshot().held).toEqual([]);
  expect(seconds(settling.take(record(20)))).toEqual([]);
});
