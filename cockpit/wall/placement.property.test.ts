import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  meet,
  overlap,
  placeCallouts,
  placeLabels,
  type Box,
  type LabelWish,
  type MapRoom,
} from './placement.ts';

const room: MapRoom = { width: 1_000, height: 760, gap: 6 };

const wish = (id: number): fc.Arbitrary<LabelWish> =>
  fc.record({
    id: fc.constant(`w${id}`),
    at: fc.record({
      x: fc.integer({ min: 20, max: 980 }),
      y: fc.integer({ min: 20, max: 740 }),
    }),
    size: fc.record({
      w: fc.integer({ min: 60, max: 260 }),
      h: fc.integer({ min: 28, max: 64 }),
    }),
  });

const wishes = (most: number) =>
  fc
    .integer({ min: 0, max: most })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => wish(i))));

const inside = (box: Box) =>
  box.x >= 0 && box.y >= 0 && box.x + box.w <= room.width && box.y + box.h <= room.height;

const clash = (boxes: readonly Box[]) =>
  boxes.some((a, i) => boxes.some((b, j) => i < j && overlap(a, b, 0)));

test('labels and call-outs never cover each other, leave the map or cross their lines', () => {
  fc.assert(
    fc.property(wishes(7), wishes(9), (counties, alerts) => {
      const labels = placeLabels({ wishes: counties, taken: [], marks: [] }, room);
      const taken = labels.map(({ box }) => box);
      const callouts = placeCallouts(
        { wishes: alerts, taken, marks: alerts.map(({ at }) => at), before: new Map() },
        room,
      );
      const boxes = [...taken, ...callouts.map(({ box }) => box)];
      expect(boxes.every(inside)).toBe(true);
      expect(clash(boxes)).toBe(false);
      for (const a of callouts) {
        for (const b of callouts) {
          if (a !== b) expect(meet(a.from, a.to, b.from, b.to)).toBe(false);
        }
      }
    }),
  );
});

test('a call-out that can stay where it stood does, whatever else comes or goes behind it', () => {
  fc.assert(
    fc.property(wishes(6), (alerts) => {
      const place = (before: ReadonlyMap<string, { x: number; y: number }>) =>
        placeCallouts({ wishes: alerts, taken: [], marks: [], before }, room);
      const first = place(new Map());
      const before = new Map(
        first.map(({ id, box, from }) => [id, { x: box.x - from.x, y: box.y - from.y }]),
      );
      const again = place(before);
      for (const { id, box } of first) {
        const now = again.find((one) => one.id === id)?.box;
        expect(now && Math.hypot(now.x - box.x, now.y - box.y)).toBeLessThan(1e-6);
      }
    }),
  );
});

test('seven counties as they lie all get their label, and the gravest alerts their call-out', () => {
  const at = [
    [480, 330],
    [510, 460],
    [700, 300],
    [690, 430],
    [400, 610],
    [250, 530],
    [760, 120],
  ] as const;
  const alerts = [
    [460, 430],
    [720, 440],
    [500, 380],
    [650, 470],
    [130, 560],
    [750, 250],
  ] as const;
  const labels = placeLabels(
    {
      wishes: at.map(([x, y], i) => ({ id: `c${i}`, at: { x, y }, size: { w: 150, h: 60 } })),
      taken: [],
      marks: alerts.map(([x, y]) => ({ x, y })),
    },
    room,
  );
  expect(labels).toHaveLength(7);
  const callouts = placeCallouts(
    {
      wishes: alerts.map(([x, y], i) => ({ id: `a${i}`, at: { x, y }, size: { w: 230, h: 58 } })),
      taken: labels.map(({ box }) => box),
      marks: alerts.map(([x, y]) => ({ x, y })),
      before: new Map(),
    },
    room,
  );
  expect(callouts).toHaveLength(6);
});
