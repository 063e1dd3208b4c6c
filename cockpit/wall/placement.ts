// Where labels and call-outs go on the map so that none covers another: county labels near their middle,
// call-outs around their alert with a line to it. Pure, and steady: a box stays where it was as long as
// it can, so that a wall does not fidget.

export type Point = { readonly x: number; readonly y: number };

/** Left, top, width, height in pixels. */
export type Box = {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
};

export type LabelWish = {
  readonly id: string;
  readonly at: Point;
  readonly size: { readonly w: number; readonly h: number };
};

export type PlacedLabel = { readonly id: string; readonly box: Box };

export type PlacedCallout = PlacedLabel & {
  /** The line from the alert to the box. */
  readonly from: Point;
  readonly to: Point;
};

export type MapRoom = {
  readonly width: number;
  readonly height: number;
  /** Space kept between boxes. */
  readonly gap: number;
};

/** Steps away from the wished place, in shares of the label's size, nearest first. */
const LABEL_SHIFTS = [
  [0, 0],
  [0, -0.5],
  [0, 0.5],
  [-0.4, 0],
  [0.4, 0],
  [0, -1],
  [0, 1],
  [-0.8, 0],
  [0.8, 0],
  [-0.6, -0.7],
  [0.6, -0.7],
  [-0.6, 0.7],
  [0.6, 0.7],
] as const;

/**
 * Labels in order of importance, never over what is `taken`, clear of the `marks` where that can be; one
 * that fits nowhere is left out.
 */
export function placeLabels(
  { wishes, taken, marks }: Omit<CalloutTask, 'before'>,
  room: MapRoom,
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  for (const { id, at, size } of wishes) {
    const occupied = [...taken, ...placed.map(({ box }) => box)];
    const boxes = LABEL_SHIFTS.map(([dx, dy]) => ({
      x: at.x - size.w / 2 + dx * size.w,
      y: at.y - size.h / 2 + dy * size.h,
      ...size,
    }));
    const free = boxes.filter((one) => isFree(one, occupied, room));
    const clear = (one: Box) => !marks.some((mark) => contains(one, mark, room.gap));
    const box = free.find(clear) ?? free[0];
    if (box) placed.push({ id, box });
  }
  return placed;
}

const DIRECTIONS = 40;
const REACHES = [0.8, 1.2, 1.6, 2, 2.5, 3, 3.6, 4.4, 5.4, 6.6] as const;

export type CalloutTask = {
  /** In order of importance. */
  readonly wishes: readonly LabelWish[];
  /** Boxes nothing may cover. */
  readonly taken: readonly Box[];
  /** Points better not covered: other alerts. */
  readonly marks: readonly Point[];
  /** Where call-outs stood last time, by id, relative to their alert. */
  readonly before: ReadonlyMap<string, Point>;
};

/** What speaks against a place, in pixels of leader line it is worth. */
const COST = { crossedLabel: 25, coveredMark: 10, crossedMark: 15, moved: 25 } as const;

/** Call-outs in order of importance; one that fits nowhere is left out, the feed has it anyway. */
export function placeCallouts(task: CalloutTask, room: MapRoom): PlacedCallout[] {
  const placed: PlacedCallout[] = [];
  const middle = { x: room.width / 2, y: room.height / 2 };
  for (const wish of task.wishes) {
    const best = bestBox(wish, { task, room, placed, middle });
    if (best) placed.push({ id: wish.id, box: best, from: wish.at, to: nearestOn(best, wish.at) });
  }
  return placed;
}

type Scene = {
  readonly task: CalloutTask;
  readonly room: MapRoom;
  readonly placed: readonly PlacedCallout[];
  readonly middle: Point;
};

/** The free box with the shortest, least disturbing line; undefined when none is free. */
function bestBox(wish: LabelWish, { task, room, placed, middle }: Scene): Box | undefined {
  const before = task.before.get(wish.id);
  const occupied = [...task.taken, ...placed.map(({ box }) => box)];
  const marks = task.marks.filter(({ x, y }) => x !== wish.at.x || y !== wish.at.y);
  let best: Box | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  calloutBoxes(wish, before, middle, room.gap).forEach((box, index) => {
    if (!isFree(box, occupied, room)) return;
    const to = nearestOn(box, wish.at);
    const tangled = placed.some(
      (other) =>
        meet(wish.at, to, other.from, other.to) ||
        crosses(other.from, other.to, box) ||
        crosses(wish.at, to, other.box),
    );
    if (tangled) return;
    const crossed = task.taken.filter((label) => crosses(wish.at, to, label)).length;
    const covered = marks.filter((mark) => contains(box, mark, room.gap)).length;
    const grazed = marks.filter((mark) => farFrom(mark, wish.at, to) < room.gap * 2).length;
    const kept = before !== undefined && index === 0;
    const cost =
      Math.hypot(to.x - wish.at.x, to.y - wish.at.y) +
      (crossed * COST.crossedLabel + covered * COST.coveredMark + grazed * COST.crossedMark) *
        room.gap -
      (kept ? COST.moved * room.gap : 0);
    if (cost < bestCost) [best, bestCost] = [box, cost];
  });
  return best;
}

/** Around the alert: where it stood first, then near before far, outward before inward. */
function calloutBoxes(
  { at, size }: LabelWish,
  before: Point | undefined,
  middle: Point,
  gap: number,
): Box[] {
  const outward = Math.atan2(at.y - middle.y, at.x - middle.x);
  const boxes: Box[] = before ? [{ x: at.x + before.x, y: at.y + before.y, ...size }] : [];
  for (const reach of REACHES) {
    for (let step = 0; step < DIRECTIONS; step++) {
      // 0, +1, -1, +2, -2 … steps away from outward.
      const turn = (step % 2 === 0 ? -1 : 1) * Math.ceil(step / 2);
      const angle = outward + (turn * 2 * Math.PI) / DIRECTIONS;
      const away = reach * (size.h / 2 + gap * 3);
      const x = at.x + Math.cos(angle) * (away + size.w / 2);
      const y = at.y + Math.sin(angle) * (away + size.h / 2);
      boxes.push({ x: x - size.w / 2, y: y - size.h / 2, ...size });
    }
  }
  return boxes;
}

function isFree(box: Box, occupied: readonly Box[], { width, height, gap }: MapRoom): boolean {
  return (
    box.x >= gap &&
    box.y >= gap &&
    box.x + box.w <= width - gap &&
    box.y + box.h <= height - gap &&
    !occupied.some((other) => overlap(box, other, gap))
  );
}

/** True when the boxes come closer than `gap`. */
export const overlap = (a: Box, b: Box, gap: number): boolean =>
  a.x < b.x + b.w + gap && b.x < a.x + a.w + gap && a.y < b.y + b.h + gap && b.y < a.y + a.h + gap;

const contains = (box: Box, { x, y }: Point, gap: number): boolean =>
  x > box.x - gap && x < box.x + box.w + gap && y > box.y - gap && y < box.y + box.h + gap;

const nearestOn = (box: Box, { x, y }: Point): Point => ({
  x: Math.max(box.x, Math.min(box.x + box.w, x)),
  y: Math.max(box.y, Math.min(box.y + box.h, y)),
});

/** True when the line from `a` to `b` runs through the box. */
function crosses(a: Point, b: Point, box: Box): boolean {
  if (contains(box, a, 0) || contains(box, b, 0)) return true;
  const corners = [
    { x: box.x, y: box.y },
    { x: box.x + box.w, y: box.y },
    { x: box.x + box.w, y: box.y + box.h },
    { x: box.x, y: box.y + box.h },
  ];
  return corners.some((corner, i) => meet(a, b, corner, corners[(i + 1) % 4] as Point));
}

/** How far a point is from the line between `a` and `b`. */
function farFrom({ x, y }: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((x - a.x) * dx + (y - a.y) * dy) / lengthSquared;
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
}

/** True when the two lines cross between their ends. */
export function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) =>
    Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}
