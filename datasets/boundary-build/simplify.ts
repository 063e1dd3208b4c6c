// Draws arcs with fewer vertices (Douglas and Peucker 1973) without letting borders cross: arcs that
// come to cross each other are drawn again at half the tolerance. Arcs that cross in the source already
// are no reason to.

import { findCrossings } from './crossings.ts';
import { offsetM, type Vertex } from './vertex.ts';

const ROUNDS_MAX = 12;

/**
 * Each arc with every left-out vertex within its tolerance of the line that is kept. A closed arc
 * keeps at least three corners.
 */
export function simplifyArcs(
  arcs: readonly (readonly Vertex[])[],
  toleranceM: (arc: number) => number,
): (readonly Vertex[])[] {
  const tolerances = arcs.map((_, arc) => toleranceM(arc));
  const simplified = arcs.map((arc, i) => simplifyArc(arc, tolerances[i] as number));
  const hopeless = new Set(findCrossings(arcs));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const crossing = findCrossings(simplified).filter(
      (arc) => (tolerances[arc] as number) > 0 && !hopeless.has(arc),
    );
    if (crossing.length === 0) break;
    for (const arc of crossing) {
      const halved = (tolerances[arc] as number) / 2;
      tolerances[arc] = halved < 10 ? 0 : halved;
      simplified[arc] = simplifyArc(arcs[arc] as readonly Vertex[], tolerances[arc] as number);
    }
  }
  return simplified;
}

function simplifyArc(arc: readonly Vertex[], toleranceM: number): readonly Vertex[] {
  if (toleranceM <= 0 || arc.length <= 2) return arc;
  const kept = new Uint8Array(arc.length);
  kept[0] = 1;
  kept[arc.length - 1] = 1;
  const closed = arc[0] === arc.at(-1);
  if (closed) {
    const far = farthest(arc, 0, arc.length - 1);
    const third = [farthest(arc, 0, far.index), farthest(arc, far.index, arc.length - 1)];
    const corner = (third[0]?.distanceM ?? 0) >= (third[1]?.distanceM ?? 0) ? third[0] : third[1];
    for (const anchor of [far, corner]) if (anchor) kept[anchor.index] = 1;
  }
  const anchors = [...kept.keys()].filter((i) => kept[i] === 1);
  for (const [n, from] of anchors.slice(0, -1).entries()) {
    keepFar(arc, from, anchors[n + 1] as number, toleranceM, kept);
  }
  return arc.filter((_, i) => kept[i] === 1);
}

function keepFar(
  arc: readonly Vertex[],
  from: number,
  to: number,
  toleranceM: number,
  kept: Uint8Array,
): void {
  const open: [number, number][] = [[from, to]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [start, end] = span;
    if (end - start < 2) continue;
    const far = farthest(arc, start, end);
    if (far.distanceM <= toleranceM) continue;
    kept[far.index] = 1;
    open.push([start, far.index], [far.index, end]);
  }
}

/** The vertex strictly between two others that lies farthest from the line joining them. */
function farthest(arc: readonly Vertex[], from: number, to: number) {
  const origin = arc[from] as Vertex;
  const end = offsetM(origin, arc[to] as Vertex);
  const length2 = end[0] * end[0] + end[1] * end[1];
  let index = from;
  let distanceM = -1;
  for (let i = from + 1; i < to; i++) {
    const [x, y] = offsetM(origin, arc[i] as Vertex);
    const along = length2 === 0 ? 0 : Math.max(0, Math.min(1, (x * end[0] + y * end[1]) / length2));
    const away = Math.hypot(x - along * end[0], y - along * end[1]);
    if (away > distanceM) [index, distanceM] = [i, away];
  }
  return { index, distanceM };
}
