// Sorts rings into polygons with their holes, and leaves out specks too small to see: islets, and the
// cracks that are left where the source draws one border twice.

import {
  cellAreaKm2,
  columnOf,
  doubleArea,
  edgesOf,
  offsetM,
  rowOf,
  type Ring,
  type Vertex,
} from './vertex.ts';

/** Outer ring first, then its holes. */
export type GridPolygon = readonly Ring[];

/**
 * Each clockwise ring becomes a hole of the smallest counter-clockwise ring around it; one that lies in
 * none is a loop the source's rounding turned inside out and encloses nothing. Largest first.
 */
export function toPolygons(rings: readonly Ring[]): GridPolygon[] {
  const outers = rings
    .filter((ring) => doubleArea(ring) > 0)
    .sort((a, b) => doubleArea(b) - doubleArea(a))
    .map((ring): Ring[] => [ring]);
  for (const hole of rings.filter((ring) => doubleArea(ring) < 0)) {
    // The middle of an edge lies on no other ring, even where a hole touches the outer ring.
    const [a, b] = [hole[0] as Vertex, hole[1] as Vertex];
    const [x, y] = [(columnOf(a) + columnOf(b)) / 2, (rowOf(a) + rowOf(b)) / 2];
    const owner = outers.findLast((polygon) => encloses(polygon[0] as Ring, x, y));
    owner?.push(hole);
  }
  return outers;
}

/** What is too small to draw: islands within `nearM` of a larger part, and holes. */
export type Speck = {
  readonly islandKm2: number;
  readonly nearM: number;
  readonly holeKm2: number;
};

/** The rings worth drawing. Small islands far from everything larger stay, so no group disappears. */
export function withoutSpecks(rings: readonly Ring[], speck: Speck): Ring[] {
  const areaKm2 = (ring: Ring) => (doubleArea(ring) / 2) * cellAreaKm2(ring[0] as Vertex);
  const large = rings.filter((ring) => areaKm2(ring) >= speck.islandKm2);
  const isNear = (ring: Ring) =>
    large.some((other) =>
      other.some((vertex) => {
        const [east, north] = offsetM(ring[0] as Vertex, vertex);
        return Math.abs(east) < speck.nearM && Math.abs(north) < speck.nearM;
      }),
    );
  return rings.filter((ring) => {
    const km2 = areaKm2(ring);
    return km2 < 0 ? -km2 >= speck.holeKm2 : km2 >= speck.islandKm2 || !isNear(ring);
  });
}

/** True when a point, in grid cells, lies inside the ring. */
export function encloses(ring: Ring, x: number, y: number): boolean {
  let inside = false;
  for (const [from, to] of edgesOf(ring)) {
    if (rowOf(from) > y === rowOf(to) > y) continue;
    const share = (y - rowOf(from)) / (rowOf(to) - rowOf(from));
    if (x < columnOf(from) + (columnOf(to) - columnOf(from)) * share) inside = !inside;
  }
  return inside;
}
