// A few files of the source were drawn by someone else from another map, up to a kilometre off. Their
// outer vertices are moved onto the nearest vertex of the borders around them, so that refining can
// then make both sides one line.

import { columnOf, edgesOf, offsetM, rowOf, type Ring, type Vertex } from './vertex.ts';

const REACH_M = 1_500;
/** More cells than the reach has, for a first rough choice. */
const REACH_CELLS = 32;

/** The shapes of one stray file, their outer vertices moved to the nearest of `anchors` within reach. */
export function snap(
  strays: readonly (readonly Ring[])[],
  anchors: readonly Ring[],
): (readonly Ring[])[] {
  const targets = Map.groupBy(new Set(anchors.flat()), blockOf);
  const moved = new Map<Vertex, Vertex>();
  for (const vertex of outerVertices(strays.flat())) {
    let nearest = { target: vertex, awayM: REACH_M };
    for (const block of blocksAround(vertex)) {
      for (const target of targets.get(block) ?? []) {
        const awayM = Math.hypot(...offsetM(vertex, target));
        if (awayM < nearest.awayM) nearest = { target, awayM };
      }
    }
    moved.set(vertex, nearest.target);
  }
  return strays.map((rings) =>
    rings.map((ring) =>
      ring
        .map((vertex) => moved.get(vertex) ?? vertex)
        .filter((vertex, i, all) => vertex !== all.at(i - 1)),
    ),
  );
}

const block = (column: number, row: number): number =>
  Math.floor(row / REACH_CELLS) * 65_536 + Math.floor(column / REACH_CELLS);

const blockOf = (vertex: Vertex): number => block(columnOf(vertex), rowOf(vertex));

const blocksAround = (vertex: Vertex): number[] =>
  [-1, 0, 1].flatMap((i) =>
    [-1, 0, 1].map((j) =>
      block(columnOf(vertex) + i * REACH_CELLS, rowOf(vertex) + j * REACH_CELLS),
    ),
  );

/** Vertices of edges that only one of the rings has. */
function outerVertices(rings: readonly Ring[]): Set<Vertex> {
  const edges = rings.flatMap((ring) => [...edgesOf(ring)]);
  const keys = new Set(edges.map(([a, b]) => `${a} ${b}`));
  return new Set(edges.filter(([a, b]) => !keys.has(`${b} ${a}`)).flat());
}
