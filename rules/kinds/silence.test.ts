// Silence where orders end, things come late and the platform itself was away.

import { expect, test } from 'vitest';
import { observationSchema, type Fact, type Position } from '../../core/observation.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { positionId } from '../../core/position-batch.ts';
import { batchOf } from '../claim-inputs.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import {
  factOf,
  linesOf,
  rulebookOf,
  ruleOf,
  surroundings,
  WORLD_START_MS,
} from '../fact-world.fixture.ts';
import { verifyAlert } from '../verify.ts';

const MINUTE = 60_000;
const at = (minute: number) => WORLD_START_MS + minute * MINUTE;

const rulebook = rulebookOf(
  ruleOf(
    'absence',
    { sources: ['bracelet'], silentFor: '10m' },
    { who: ['cc'], level: { cc: 2 }, article: { cc: '测试' } },
  ),
);
const deps = { rulebook, ...surroundings, corrects: false };

const order = (minute: number, change: Record<string, unknown> = {}): EngineInput =>
  known(
    orderFact('P0', {
      atMs: at(minute),
      fromMs: at(0),
      untilMs: at(1_000),
      sources: ['bracelet', 'phone'],
      ...change,
    }),
  );

const known = (fact: Fact): EngineInput => ({ watermarkMs: fact.receivedAtMs - 1, facts: [fact] });

const battery = (minute: number): EngineInput =>
  known(
    factOf({
      subject: 'P0',
      atMs: at(minute),
      source: 'bracelet',
      content: { kind: 'device', event: 'battery-low' },
    }),
  );

/** A fix of a minute that arrives at another. */
function fix(minute: number, arrives = minute, source = 'bracelet/test'): EngineInput {
  const place = { source, subject: 'P0', atMs: at(minute), sequence: 0, lng: 107.7, lat: 31.4 };
  const position = observationSchema.parse({
    kind: 'position',
    id: positionId(place),
    ...place,
    receivedAtMs: at(arrives),
    accuracyM: 10,
    labels: [],
  }) as Position;
  return { watermarkMs: at(arrives) - 1, positions: batchOf([position]) };
}

const gap = (from: number, until: number): EngineInput => ({
  watermarkMs: at(until) - 1,
  gap: { fromMs: at(from), untilMs: at(until) },
});

const end = (minute: number): EngineInput => ({ watermarkMs: at(minute) });

const find = (...inputs: EngineInput[]) => {
  const engine = createEngine(deps);
  return inputs.flatMap((input) => engine.step(input));
};

const tell = (...inputs: EngineInput[]) => linesOf(find(...inputs));

test('who is not looked at is neither silent nor ungraded, and is silent no more once that is so', () => {
  const other = { category: 'ra', group: 'key' };
  expect(tell(order(0, other), end(60))).toEqual([]);
  expect(tell(order(0), order(20, { action: 'change', ...other }), end(60))).toEqual([
    'P0 10 raised',
    'P0 20 cleared',
  ]);
});

test('an open alert is cleared when the order runs out, also with a snapshot between', () => {
  const inputs = [order(0, { untilMs: at(30) }), end(20), end(29), end(60)];
  expect(tell(...inputs)).toEqual(['P0 10 raised', 'P0 30 cleared']);
  const first = createEngine(deps);
  const before = inputs.slice(0, 2).flatMap((input) => first.step(input));
  const second = createEngine(deps, structuredClone(first.snapshot()));
  const after = inputs.slice(2).flatMap((input) => second.step(input));
  expect(linesOf([...before, ...after])).toEqual(['P0 10 raised', 'P0 30 cleared']);
});

test('time without an order is no silence, and what was heard before it no evidence', () => {
  const renewed = { action: 'renew', untilMs: at(1_000) };
  const found = find(order(0, { untilMs: at(8) }), battery(5), order(12, renewed), end(60));
  expect(linesOf(found)).toEqual(['P0 22 raised']);
  const [raised] = found;
  expect(raised).toMatchObject({ kind: 'raised', values: { silentMs: 10 * MINUTE } });
  expect(raised?.kind === 'raised' && raised.evidence.map(({ kind }) => kind)).toEqual(['order']);
});

test('a fix older than the last that was heard neither ends a silence nor begins one', () => {
  // Heard at 5, silent from 15; at 20 comes a fix of 2.
  expect(tell(order(0), fix(5), fix(2, 20), end(60))).toEqual(['P0 15 raised']);
  expect(tell(order(0), battery(5), fix(2, 20), end(60))).toEqual(['P0 15 raised']);
});

test('a late fix that was heard last is what the silence is measured and proven from', () => {
  // The phone speaks at 9, then a fix of the bracelet of 8 comes in; it had spoken at 5.
  const found = find(order(0), fix(5), fix(9, 9, 'phone/test'), fix(8, 10), end(60));
  expect(linesOf(found)).toEqual(['P0 18 raised']);
  const [raised] = found;
  if (raised?.kind !== 'raised') throw new Error('raised');
  expect(raised.values).toEqual({ silentMs: 10 * MINUTE, lastHeardAtMs: at(8), gapMs: 0 });
  expect(verifyAlert(raised, deps)).toMatchObject({ proven: true });
});

test('of a fix that fell into a gap only the time after the gap counts', () => {
  // Away from 10 to 30; at 31 comes a fix of 25.
  const found = find(order(0), fix(5), gap(10, 30), fix(25, 31), end(60));
  expect(linesOf(found)).toEqual(['P0 40 raised']);
  const [raised] = found;
  if (raised?.kind !== 'raised') throw new Error('raised');
  expect(raised.values['gapMs']).toBe(5 * MINUTE);
  expect(verifyAlert(raised, deps)).toMatchObject({ proven: true });
  // Told twice, a gap counts once.
  expect(tell(order(0), fix(5), gap(10, 30), gap(10, 30), end(60))).toEqual(['P0 35 raised']);
});

test('a silence of somebody never heard is proven across a gap', () => {
  const found = find(order(0), gap(4, 30), end(60));
  expect(linesOf(found)).toEqual(['P0 36 raised']);
  const [raised] = found;
  if (raised?.kind !== 'raised') throw new Error('raised');
  expect(verifyAlert(raised, deps)).toMatchObject({ proven: true });
});

test('a break between two bases is no silence, and what was heard before it proves none after', () => {
  const basis = { article: '测试', approvedBy: 'county-bureau', sources: ['bracelet'] };
  const bases = (fromMinute: number) => [
    { ...basis, id: 'one', documentNumber: '1号', fromMs: at(0), untilMs: at(15) },
    { ...basis, id: 'two', documentNumber: '2号', fromMs: at(fromMinute), untilMs: at(1_000) },
  ];
  expect(tell(order(0, { bases: bases(40) }), battery(1), end(60))).toEqual([
    'P0 11 raised',
    'P0 15 cleared',
    'P0 50 raised',
  ]);
  expect(tell(order(0, { bases: bases(16) }), battery(8), end(60))).toEqual(['P0 26 raised']);
});
