// Finds arcs that cross each other or themselves, in exact whole-number arithmetic.

import { columnOf, rowOf, type Vertex } from './vertex.ts';

type Segment = { readonly arc: number; readonly a: Vertex; readonly b: Vertex };

/** Side of the cells segments are sorted into, in grid cells. */
const BUCKET = 64;

/** Indices of the arcs that share a point with another segment other than a common vertex, ascending. */
export function findCrossings(arcs: readonly (readonly Vertex[])[]): number[] {
  const buckets = new Map<number, Segment[]>();
  const crossing = new Set<number>();
  for (const [arc, vertices] of arcs.entries()) {
    for (let i = 0; i + 1 < vertices.length; i++) {
      const segment = { arc, a: vertices[i] as Vertex, b: vertices[i + 1] as Vertex };
      for (const bucket of bucketsOf(segment)) {
        const others = buckets.get(bucket);
        if (!others) buckets.set(bucket, [segment]);
        else {
          for (const other of others) {
            if (crosses(segment, other)) crossing.add(arc).add(other.arc);
          }
          others.push(segment);
        }
      }
    }
  }
  return [...crossing].sort((x, y) => x - y);
}

function* bucketsOf({ a, b }: Segment): Generator<number> {
  const span = (from: number, to: number) =>
    [Math.floor(Math.min(from, to) / BUCKET), Math.floor(Math.max(from, to) / BUCKET)] as const;
  const [left, right] = span(columnOf(a), columnOf(b));
  const [bottom, top] = span(rowOf(a), rowOf(b));
  for (let row = bottom; row <= top; row++) {
    for (let column = left; column <= right; column++) yield row * 65_536 + column;
  }
}

function crosses(p: Segment, q: Segment): boolean {
  const shared = [p.a, p.b].filter((vertex) => vertex === q.a || vertex === q.b).length;
  if (shared === 2) return true;
  const turns = [
    turn(p.a, p.b, q.a),
    turn(p.a, p.b, q.b),
    turn(q.a, q.b, p.a),
    turn(q.a, q.b, p.b),
  ];
  if (shared === 1) {
    // Two segments from one vertex overlap only when they lie on one line and point the same way.
    if (turns.some((side) => side !== 0)) return false;
    const common = p.a === q.a || p.a === q.b ? p.a : p.b;
    return dot(common, p.a === common ? p.b : p.a, q.a === common ? q.b : q.a) > 0;
  }
  const [s1, s2, s3, s4] = turns.map(Math.sign) as [number, number, number, number];
  if (s1 !== s2 && s3 !== s4 && s1 * s2 * s3 * s4 !== 0) return true;
  return (
    (s1 === 0 && between(p, q.a)) ||
    (s2 === 0 && between(p, q.b)) ||
    (s3 === 0 && between(q, p.a)) ||
    (s4 === 0 && between(q, p.b))
  );
}

/** Positive when `c` lies left of the line from `a` to `b`. */
const turn = (a: Vertex, b: Vertex, c: Vertex): number =>
  (columnOf(b) - columnOf(a)) * (rowOf(c) - rowOf(a)) -
  (rowOf(b) - rowOf(a)) * (columnOf(c) - columnOf(a));

const dot = (from: Vertex, a: Vertex, b: Vertex): number =>
  (columnOf(a) - columnOf(from)) * (columnOf(b) - columnOf(from)) +
  (rowOf(a) - rowOf(from)) * (rowOf(b) - rowOf(from));

/** True when a vertex on the segment's line lies between its ends. */
const between = ({ a, b }: Segment, vertex: Vertex): boolean => dot(vertex, a, b) <= 0;
