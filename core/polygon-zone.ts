// A zone enclosed by rings, answered from a raster: for most cells it knows that the border is at least
// so many metres away, and only near the border are the edges themselves looked at. About 20 ns a
// question against several thousand for walking the rings.

import { distanceTransform } from './distance-transform.ts';
import { assert } from './errors.ts';
import { METRES_PER_DEGREE, type LngLat } from './geo.ts';
import type { Box, Zone } from './zone.ts';

const CLEARANCE_MAX_M = 32_000;
const DEGREES_PER_CELL = 1 / 256;
const CELLS_MAX = 16_000_000;

/**
 * The area enclosed by closed rings under the even-odd rule, so holes and several parts just work.
 * Edges that occur twice, as between two neighbouring regions of one area, are inner borders and do
 * not count: the rings of several adjoining regions make their union.
 */
export class PolygonZone implements Zone {
  readonly box: Box;
  readonly #minLng: number;
  readonly #minLat: number;
  readonly #perDegree: number;
  readonly #columns: number;
  readonly #rows: number;
  /** Diagonal of a cell in metres, where cells are widest. */
  readonly #diagonalM: number;
  readonly #clearance: Int16Array;
  /** x1 y1 x2 y2 of each edge, degrees. */
  readonly #edges: Float64Array;
  /** Edges that touch a row of cells: indices behind `rowStarts`. */
  readonly #rowStarts: Int32Array;
  readonly #rowEdges: Int32Array;
  /** Edges that touch a cell: indices behind `cellStarts`. */
  readonly #cellStarts: Int32Array;
  readonly #cellEdges: Int32Array;

  /**
   * `tight` measures the cells near the border by its edges: slower to make, faster to ask about
   * distances. Without it sides are as sure, distances near the border take longer.
   */
  constructor(
    rings: readonly (readonly LngLat[])[],
    { degreesPerCell = DEGREES_PER_CELL, tight = true } = {},
  ) {
    const edges = outerEdges(rings);
    assert(edges.length > 0, 'a zone has at least one ring with an area');
    const bounds = boundsOf(edges);
    this.box = [
      [bounds.minLng, bounds.minLat],
      [bounds.maxLng, bounds.maxLat],
    ];
    this.#perDegree = 1 / degreesPerCell;
    this.#minLng = bounds.minLng - degreesPerCell;
    this.#minLat = bounds.minLat - degreesPerCell;
    this.#columns = Math.ceil((bounds.maxLng - this.#minLng) * this.#perDegree) + 2;
    this.#rows = Math.ceil((bounds.maxLat - this.#minLat) * this.#perDegree) + 2;
    assert(this.#columns * this.#rows <= CELLS_MAX, 'a zone this large needs larger cells');
    this.#edges = edges;
    this.#diagonalM = degreesPerCell * METRES_PER_DEGREE * Math.SQRT2;

    const byCell = new Grouping();
    const byRow = new Grouping();
    this.#eachEdgeCell((edge, column, row) => byCell.add(row * this.#columns + column, edge));
    this.#eachEdgeRow((edge, row) => byRow.add(row, edge));
    [this.#cellStarts, this.#cellEdges] = byCell.finish(this.#columns * this.#rows);
    [this.#rowStarts, this.#rowEdges] = byRow.finish(this.#rows);
    this.#clearance = this.#measureClearance(tight);
  }

  clearanceM(lng: number, lat: number): number {
    const column = Math.floor((lng - this.#minLng) * this.#perDegree);
    const row = Math.floor((lat - this.#minLat) * this.#perDegree);
    if (column >= 0 && row >= 0 && column < this.#columns && row < this.#rows) {
      return this.#clearance[row * this.#columns + column] as number;
    }
    return -Math.min(CLEARANCE_MAX_M, Math.floor(this.#distanceToGridM(lng, lat)));
  }

  contains(lng: number, lat: number): boolean {
    const clearance = this.clearanceM(lng, lat);
    return clearance === 0 ? this.#containsExactly(lng, lat) : clearance > 0;
  }

  signedDistanceM(lng: number, lat: number, maxM: number): number {
    const clearance = this.clearanceM(lng, lat);
    if (clearance >= maxM) return maxM;
    if (-clearance >= maxM) return -maxM;
    // Inside the grid the bound is off by less than two cells, so the border lies within this reach.
    const reachM = Math.min(maxM, Math.abs(clearance) + 2 * this.#diagonalM);
    const reached = this.#distanceToBorderM(lng, lat, reachM);
    const distance = reached < reachM ? reached : this.#distanceToBorderM(lng, lat, maxM);
    const inside = clearance === 0 ? this.#containsExactly(lng, lat) : clearance > 0;
    return inside ? distance : -distance;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return (
      this.#clearance.byteLength +
      this.#edges.byteLength +
      this.#rowStarts.byteLength +
      this.#rowEdges.byteLength +
      this.#cellStarts.byteLength +
      this.#cellEdges.byteLength
    );
  }

  /** Crossings of a ray to the east, counted over the edges of the point's row. */
  #containsExactly(lng: number, lat: number): boolean {
    const row = Math.floor((lat - this.#minLat) * this.#perDegree);
    if (row < 0 || row >= this.#rows) return false;
    let inside = false;
    const end = this.#rowStarts[row + 1] as number;
    for (let i = this.#rowStarts[row] as number; i < end; i++) {
      const edge = (this.#rowEdges[i] as number) * 4;
      const y1 = this.#edges[edge + 1] as number;
      const y2 = this.#edges[edge + 3] as number;
      if (y1 > lat === y2 > lat) continue;
      const x1 = this.#edges[edge] as number;
      const x2 = this.#edges[edge + 2] as number;
      if (lng < x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    }
    return inside;
  }

  /** Distance to the nearest edge, at most `maxM`, looking at the cells within `maxM` of the point. */
  #distanceToBorderM(lng: number, lat: number, maxM: number): number {
    const metresPerLng = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
    const reachLng = maxM / metresPerLng;
    const reachLat = maxM / METRES_PER_DEGREE;
    const left = this.#clampColumn(lng - reachLng);
    const right = this.#clampColumn(lng + reachLng);
    const bottom = this.#clampRow(lat - reachLat);
    const top = this.#clampRow(lat + reachLat);
    let nearest = maxM * maxM;
    for (let row = bottom; row <= top; row++) {
      for (let column = left; column <= right; column++) {
        const cell = row * this.#columns + column;
        const end = this.#cellStarts[cell + 1] as number;
        for (let i = this.#cellStarts[cell] as number; i < end; i++) {
          const edge = (this.#cellEdges[i] as number) * 4;
          const squared = squaredDistanceToSegment(
            ((this.#edges[edge] as number) - lng) * metresPerLng,
            ((this.#edges[edge + 1] as number) - lat) * METRES_PER_DEGREE,
            ((this.#edges[edge + 2] as number) - lng) * metresPerLng,
            ((this.#edges[edge + 3] as number) - lat) * METRES_PER_DEGREE,
          );
          if (squared < nearest) nearest = squared;
        }
      }
    }
    return Math.sqrt(nearest);
  }

  #distanceToGridM(lng: number, lat: number): number {
    const maxLng = this.#minLng + this.#columns / this.#perDegree;
    const maxLat = this.#minLat + this.#rows / this.#perDegree;
    const outLng = Math.max(this.#minLng - lng, 0, lng - maxLng);
    const outLat = Math.max(this.#minLat - lat, 0, lat - maxLat);
    const cosine = Math.min(Math.cos((lat * Math.PI) / 180), Math.cos((maxLat * Math.PI) / 180));
    return Math.max(outLng * METRES_PER_DEGREE * Math.max(0, cosine), outLat * METRES_PER_DEGREE);
  }

  #clampColumn(lng: number): number {
    const column = Math.floor((lng - this.#minLng) * this.#perDegree);
    return Math.max(0, Math.min(this.#columns - 1, column));
  }

  #clampRow(lat: number): number {
    const row = Math.floor((lat - this.#minLat) * this.#perDegree);
    return Math.max(0, Math.min(this.#rows - 1, row));
  }

  #eachEdgeRow(visit: (edge: number, row: number) => void): void {
    for (let edge = 0; edge * 4 < this.#edges.length; edge++) {
      const y1 = this.#edges[edge * 4 + 1] as number;
      const y2 = this.#edges[edge * 4 + 3] as number;
      const last = this.#clampRow(Math.max(y1, y2));
      for (let row = this.#clampRow(Math.min(y1, y2)); row <= last; row++) visit(edge, row);
    }
  }

  /** Every cell an edge passes through, widened by a hair so that rounding never misses one. */
  #eachEdgeCell(visit: (edge: number, column: number, row: number) => void): void {
    const hair = 1e-9;
    this.#eachEdgeRow((edge, row) => {
      const x1 = this.#edges[edge * 4] as number;
      const y1 = this.#edges[edge * 4 + 1] as number;
      const x2 = this.#edges[edge * 4 + 2] as number;
      const y2 = this.#edges[edge * 4 + 3] as number;
      const low = this.#minLat + row / this.#perDegree;
      const at = (y: number) =>
        y1 === y2
          ? x1
          : x1 +
            ((Math.max(Math.min(y, y1, y2), Math.min(Math.max(y1, y2), y)) - y1) / (y2 - y1)) *
              (x2 - x1);
      const enter = y1 === y2 ? x1 : at(Math.max(low, Math.min(y1, y2)));
      const leave = y1 === y2 ? x2 : at(Math.min(low + 1 / this.#perDegree, Math.max(y1, y2)));
      const last = this.#clampColumn(Math.max(enter, leave) + hair);
      for (
        let column = this.#clampColumn(Math.min(enter, leave) - hair);
        column <= last;
        column++
      ) {
        visit(edge, column, row);
      }
    });
  }

  /** Signed lower bounds of the distance to the border for every cell. */
  #measureClearance(tight: boolean): Int16Array {
    const cells = this.#columns * this.#rows;
    const widest = Math.max(
      Math.abs(this.#minLat),
      Math.abs(this.#minLat + this.#rows / this.#perDegree),
    );
    const cellWidthM =
      (METRES_PER_DEGREE * Math.cos((Math.min(widest, 89) * Math.PI) / 180)) / this.#perDegree;
    const cellHeightM = METRES_PER_DEGREE / this.#perDegree;
    const squared = new Float64Array(cells);
    for (let cell = 0; cell < cells; cell++) {
      squared[cell] = this.#cellStarts[cell] === this.#cellStarts[cell + 1] ? Infinity : 0;
    }
    distanceTransform(squared, this.#columns, this.#rows, cellWidthM, cellHeightM);
    const diagonalM = Math.hypot(cellWidthM, cellHeightM);
    const clearance = new Int16Array(cells);
    for (let row = 0; row < this.#rows; row++) {
      const lat = this.#minLat + (row + 0.5) / this.#perDegree;
      // Between two cells the border runs through, the side does not change.
      let inside: boolean | undefined;
      for (let column = 0; column < this.#columns; column++) {
        const cell = row * this.#columns + column;
        if (squared[cell] === 0) {
          inside = undefined;
          continue;
        }
        const lng = this.#minLng + (column + 0.5) / this.#perDegree;
        inside ??= this.#containsExactly(lng, lat);
        let bound = Math.sqrt(squared[cell] as number) - diagonalM;
        // Near the border the edges themselves give a better bound than the cells they lie in.
        if (tight && bound < diagonalM)
          bound = this.#distanceToBorderM(lng, lat, 3 * diagonalM) - diagonalM / 2;
        const metres = Math.max(1, Math.min(CLEARANCE_MAX_M, Math.floor(bound)));
        clearance[cell] = inside ? metres : -metres;
      }
    }
    return clearance;
  }
}

/** x1 y1 x2 y2 of every edge that occurs an odd number of times, in either direction. */
function outerEdges(rings: readonly (readonly LngLat[])[]): Float64Array {
  const numbers = new Map<string, number>();
  const numberOf = ([lng, lat]: LngLat): number => {
    const name = `${lng} ${lat}`;
    let number = numbers.get(name);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(name, number);
    }
    return number;
  };
  const points = rings.reduce((sum, ring) => sum + ring.length, 0);
  const edges = new Map<number, readonly [LngLat, LngLat]>();
  for (const ring of rings) {
    const ids = ring.map(numberOf);
    for (let i = 0; i + 1 < ring.length; i++) {
      const a = ids[i] as number;
      const b = ids[i + 1] as number;
      if (a === b) continue;
      const key = Math.min(a, b) * points + Math.max(a, b);
      if (!edges.delete(key)) edges.set(key, [ring[i] as LngLat, ring[i + 1] as LngLat]);
    }
  }
  return Float64Array.from([...edges.values()].flat(2));
}

function boundsOf(edges: Float64Array) {
  const bounds = { minLng: Infinity, minLat: Infinity, maxLng: -Infinity, maxLat: -Infinity };
  for (let i = 0; i < edges.length; i += 2) {
    bounds.minLng = Math.min(bounds.minLng, edges[i] as number);
    bounds.maxLng = Math.max(bounds.maxLng, edges[i] as number);
    bounds.minLat = Math.min(bounds.minLat, edges[i + 1] as number);
    bounds.maxLat = Math.max(bounds.maxLat, edges[i + 1] as number);
  }
  return bounds;
}

/** Squared distance from the origin to the segment from (x1, y1) to (x2, y2). */
function squaredDistanceToSegment(x1: number, y1: number, x2: number, y2: number): number {
  const dx = x2 - x1;
  const dy = y2 - y1;
  const along = Math.max(0, Math.min(1, -(x1 * dx + y1 * dy) / (dx * dx + dy * dy)));
  const x = x1 + along * dx;
  const y = y1 + along * dy;
  return x * x + y * y;
}

/** Pairs of group and item, turned into start indices and items by group. */
class Grouping {
  readonly #groups: number[] = [];
  readonly #items: number[] = [];

  add(group: number, item: number): void {
    this.#groups.push(group);
    this.#items.push(item);
  }

  finish(groups: number): [starts: Int32Array, items: Int32Array] {
    const starts = new Int32Array(groups + 1);
    for (const group of this.#groups) starts[group + 1] = (starts[group + 1] as number) + 1;
    for (let group = 0; group < groups; group++) {
      starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
    }
    const next = starts.slice();
    const items = new Int32Array(this.#items.length);
    for (const [index, group] of this.#groups.entries()) {
      const at = next[group] as number;
      items[at] = this.#items[index] as number;
      next[group] = at + 1;
    }
    return [starts, items];
  }
}
