// A window that opened and closed again before the next fix, with no watermark in between: what the log was
// cut into must not matter.

import { expect, test } from 'vitest';
import { observationSchema, type Position } from '../../core/observation.ts';
import { orderFact } from '../../core/order.fixture.ts';
import { positionId } from '../../core/position-batch.ts';
import { batchOf } from '../claim-inputs.ts';
import { createEngine } from '../engine.ts';
import { rulebookOf, ruleOf, surroundings, WORLD_START_MS } from '../fact-world.fixture.ts';

const MINUTE = 60_000;
/** Minutes since midnight in China. */
const at = (minute: number) => WORLD_START_MS + minute * MINUTE;
const DAY = 1_440;

const rulebook = rulebookOf(
  ruleOf('zone', {
    zone: 'home',
    relation: 'outside',
    fixesMin: 3,
    outsideFor: '10m',
    marginM: 100,
    rearmM: 50,
    clearFixesMin: 2,
    fixKinds: ['gnss'],
    freshFor: '30m',
  }),
);
const curfew = { from: '22:00', until: '06:00', home: { lng: 107.7, lat: 31.4, radiusM: 150 } };

function awayAt(minute: number): Position {
  const place = { subject: 'P0', atMs: at(minute), sequence: 0, lng: 107.75, lat: 31.4 };
  const fix = { source: 'bracelet/test', ...place };
  return observationSchema.parse({
    kind: 'position',
    id: positionId(fix),
    ...fix,
    receivedAtMs: fix.atMs,
    accuracyM: 10,
  }) as Position;
}

test('the next night is judged by its own fixes, however the log is cut', () => {
  const order = orderFact('P0', { atMs: at(0), sources: ['bracelet'], conditions: { curfew } });
  const fixes = [22 * 60 - 20, 22 * 60 - 5, 2 * DAY + 30, 2 * DAY + 45].map(awayAt);
  const find = (cuts: Position[][]) => {
    const engine = createEngine({ rulebook, ...surroundings, corrects: false });
    const records = cuts.map((cut) => ({
      watermarkMs: (cut[0] as Position).atMs - 1,
      positions: batchOf(cut),
    }));
    return [{ watermarkMs: at(0) - 1, facts: [order] }, ...records, { watermarkMs: at(3 * DAY) }]
      .flatMap((input) => engine.step(input))
      .map(({ atMs, kind }) => `${(atMs - WORLD_START_MS) / MINUTE} ${kind}`);
  };
  const told = ['1320 raised', '1800 cleared', '2925 raised', '3240 cleared'];
  expect(find(fixes.map((fix) => [fix]))).toEqual(told);
  expect(find([fixes]).sort()).toEqual(told);
});
