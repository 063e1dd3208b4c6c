import { expect, test } from 'vitest';
import { observationSchema, type Position } from '../../core/observation.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { PolygonZone } from '../../core/polygon-zone.ts';
import { positionId } from '../../core/position-batch.ts';
import { batchOf } from '../claim-inputs.ts';
import { createEngine, type EngineInput } from '../engine.ts';
import { linesOf, rulebookOf, ruleOf, WORLD_START_MS } from '../fact-world.fixture.ts';

const MINUTE = 60_000;

const rulebook = rulebookOf(
  ruleOf('zone', {
    zone: 'order-area',
    relation: 'outside',
    fixesMin: 2,
    outsideFor: '5m',
    marginM: 0,
    rearmM: 100,
    clearFixesMin: 2,
    fixKinds: ['gnss'],
  }),
);

/** One square for each county, side by side. */
const squareFrom = (lng: number) =>
  new PolygonZone([
    [
      [lng, 31.2],
      [lng + 0.3, 31.2],
      [lng + 0.3, 31.6],
      [lng, 31.6],
      [lng, 31.2],
    ],
  ]);
const areas = {
  zoneOf: (regions: readonly string[]) => squareFrom(regions.includes('511722') ? 107.5 : 107.8),
};

const order = (minute: number, action: string, area: readonly string[]): EngineInput => {
  const atMs = WORLD_START_MS + minute * MINUTE;
  const fact = orderFact('P0', {
    atMs,
    action,
    area,
    fromMs: WORLD_START_MS,
    untilMs: WORLD_START_MS + 1_000 * MINUTE,
  });
  return { watermarkMs: atMs - 1, facts: [fact] };
};

/** In the eastern square. */
const fix = (minute: number): EngineInput => {
  const atMs = WORLD_START_MS + minute * MINUTE;
  const place = { source: 'phone/a', subject: 'P0', atMs, sequence: 0, lng: 107.9, lat: 31.4 };
  const position = observationSchema.parse({
    kind: 'position',
    id: positionId(place),
    ...place,
    receivedAtMs: atMs,
    accuracyM: 10,
    labels: [],
  }) as Position;
  return { watermarkMs: atMs - 1, positions: batchOf([position]) };
};

const tell = (inputs: readonly EngineInput[]) => {
  const engine = createEngine({ rulebook, areas });
  return linesOf(inputs.flatMap((input) => engine.step(input)));
};

test('an order with another area ends the alert of the old one and begins the count anew', () => {
  const before = [order(0, 'start', ['511722']), fix(1), fix(2)];
  expect(tell([...before, order(3, 'change', ['511724'])])).toEqual([
    'P0 2 raised',
    'P0 3 cleared',
  ]);
  // The same regions are the same area.
  expect(tell([...before, order(3, 'change', ['511722'])])).toEqual(['P0 2 raised']);
  expect(tell([...before, order(3, 'change', ['511722', '511722'])])).toEqual(['P0 2 raised']);
});
