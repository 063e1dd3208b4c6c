// Boundaries are worked on as whole numbers: the source lies on a grid of 1/1024 degree, so a vertex is
// one number and two borders are the same exactly when their numbers are.

import { METRES_PER_DEGREE } from '../../core/geo.ts';

/** Cells of the source's grid in a degree. */
export const CELLS_PER_DEGREE = 1_024;

const ROW = 2 ** 18;

/** A vertex of the grid: row × 2^18 + column. */
export type Vertex = number;

/** Vertices in order, the last joined to the first, which is not repeated. */
export type Ring = readonly Vertex[];

export const vertexOf = (column: number, row: number): Vertex => row * ROW + column;
export const columnOf = (vertex: Vertex): number => vertex % ROW;
export const rowOf = (vertex: Vertex): number => Math.floor(vertex / ROW);

/** Twice the area in square cells: positive when the ring runs counter-clockwise. */
export function doubleArea(ring: Ring): number {
  let sum = 0;
  for (const [a, b] of edgesOf(ring)) {
    sum += columnOf(a) * rowOf(b) - columnOf(b) * rowOf(a);
  }
  return sum;
}

export function* edgesOf(ring: Ring): Generator<readonly [from: Vertex, to: Vertex]> {
  for (let i = 0; i < ring.length; i++) {
    yield [ring[i] as Vertex, ring[(i + 1) % ring.length] as Vertex];
  }
}

/** Metres east and north of `origin`, on a plane that touches the earth there. */
export function offsetM(origin: Vertex, vertex: Vertex): readonly [eastM: number, northM: number] {
  const cellM = METRES_PER_DEGREE / CELLS_PER_DEGREE;
  const cosine = Math.cos((rowOf(origin) / CELLS_PER_DEGREE) * (Math.PI / 180));
  return [
    (columnOf(vertex) - columnOf(origin)) * cellM * cosine,
    (rowOf(vertex) - rowOf(origin)) * cellM,
  ];
}

/** Square kilometres of one square cell at the vertex's latitude. */
export function cellAreaKm2(vertex: Vertex): number {
  const sideKm = METRES_PER_DEGREE / CELLS_PER_DEGREE / 1_000;
  return sideKm * sideKm * Math.cos((rowOf(vertex) / CELLS_PER_DEGREE) * (Math.PI / 180));
}
