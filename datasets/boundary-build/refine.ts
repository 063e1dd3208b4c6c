// The source simplified some files (the municipalities above all) county by county, so that one side of
// a border may lack vertices the other side has. Here each coarse edge gets the vertices of the finer
// side back, so that both sides draw the same line.

import { edgesOf, offsetM, type Ring, type Vertex } from './vertex.ts';

const STEPS_MAX = 200;
/** A fine border may be so much longer than the coarse edge it replaces. */
const DETOUR_MAX = 4;
const DETOUR_SLACK_M = 2_000;

/** Edges without a partner on the other side, by where they start, with the shape they belong to. */
type OpenEdges = Map<Vertex, { readonly to: Vertex; readonly shape: number }[]>;

/** The shapes with every edge that has no partner replaced by the finer border of another shape there. */
export function refine(shapes: readonly (readonly Ring[])[]): (readonly Ring[])[] {
  const open: OpenEdges = new Map();
  for (const [shape, rings] of shapes.entries()) {
    for (const [from, to] of rings.flatMap((ring) => [...edgesOf(ring)])) {
      if (take(open, to, from)) continue;
      const edges = open.get(from);
      if (edges) edges.push({ to, shape });
      else open.set(from, [{ to, shape }]);
    }
  }
  return shapes.map((rings, shape) =>
    rings.map((ring) =>
      [...edgesOf(ring)].flatMap(([a, b]) => [a, ...(finerBorder(open, shape, a, b) ?? [])]),
    ),
  );
}

/**
 * The vertices strictly between `a` and `b` on another shape's border, or undefined when there is none
 * that is finer. The other shape has its land on the other hand, so its edges run from `b` to `a`; each
 * must be shorter than the edge it replaces, else the coarse side would be copied onto the fine one.
 */
function finerBorder(open: OpenEdges, shape: number, a: Vertex, b: Vertex): Vertex[] | undefined {
  if (!open.get(a)?.some((edge) => edge.to === b && edge.shape === shape)) return undefined;
  const edgeM = spanM(a, b);
  const path: Vertex[] = [];
  let lengthM = 0;
  for (let here = b; path.length < STEPS_MAX;) {
    const next = (open.get(here) ?? [])
      .filter((edge) => edge.shape !== shape && spanM(here, edge.to) < edgeM)
      .map((edge) => edge.to);
    if (next.length === 0) return undefined;
    const to = next.reduce((best, one) => (spanM(one, a) < spanM(best, a) ? one : best));
    lengthM += spanM(here, to);
    if (lengthM > edgeM * DETOUR_MAX + DETOUR_SLACK_M) return undefined;
    if (to === a) return path.reverse();
    path.push(to);
    here = to;
  }
  return undefined;
}

function take(open: OpenEdges, from: Vertex, to: Vertex): boolean {
  const edges = open.get(from);
  const index = edges?.findIndex((edge) => edge.to === to) ?? -1;
  if (!edges || index < 0) return false;
  if (edges.length === 1) open.delete(from);
  else edges.splice(index, 1);
  return true;
}

const spanM = (a: Vertex, b: Vertex): number => Math.hypot(...offsetM(a, b));
