// A raster over an area that remembers in which cells nothing can be of interest to any zone rule. Only
// what need not be looked at rests on it: with or without it the findings are the same.

import { METRES_PER_DEGREE } from '../core/geo.ts';
import type { Box } from '../core/zone.ts';

const FINEST_PER_DEGREE = 512;
/** A byte each, touched only where somebody is. */
const CELLS_MAX = 4_000_000;

const UNKNOWN = 0;
const SAFE = 1;
const UNSAFE = 2;

/** Nothing is laid out for the few fixes of an engine that derives single alerts. */
const ASKED_MIN = 100;

export class SafeCells {
  readonly #box: Box | undefined;
  readonly #clearM: (lng: number, lat: number) => number;
  #asked = 0;
  #minLng = 0;
  #minLat = 0;
  #perDegree = FINEST_PER_DEGREE;
  #columns = 0;
  #rows = 0;
  #cells = new Uint8Array(0);

  /**
   * `clearM` tells how far a place is at least from where anything becomes of interest. Outside of the box,
   * and everywhere when there is none, nothing is safe.
   */
  constructor(box: Box | undefined, clearM: (lng: number, lat: number) => number) {
    this.#box = box;
    this.#clearM = clearM;
  }

  /** True when surely no rule is interested in a fix at this place. */
  isSafe(lng: number, lat: number): boolean {
    const x = (lng - this.#minLng) * this.#perDegree;
    const y = (lat - this.#minLat) * this.#perDegree;
    if (!(x >= 0 && y >= 0 && x < this.#columns && y < this.#rows)) return this.#beyond();
    const cell = (y | 0) * this.#columns + (x | 0);
    const known = this.#cells[cell] as number;
    return known === UNKNOWN ? this.#workOut(cell) : known === SAFE;
  }

  #beyond(): boolean {
    if (this.#asked < ASKED_MIN && ++this.#asked === ASKED_MIN && this.#box)
      this.#layOut(this.#box);
    return false;
  }

  #layOut([[minLng, minLat], [maxLng, maxLat]]: Box): void {
    const area = (maxLng - minLng) * (maxLat - minLat);
    while (area * this.#perDegree ** 2 > CELLS_MAX) this.#perDegree /= 2;
    this.#minLng = minLng;
    this.#minLat = minLat;
    this.#columns = Math.ceil((maxLng - minLng) * this.#perDegree);
    this.#rows = Math.ceil((maxLat - minLat) * this.#perDegree);
    this.#cells = new Uint8Array(this.#columns * this.#rows);
  }

  #workOut(cell: number): boolean {
    const column = cell % this.#columns;
    const row = (cell - column) / this.#columns;
    const clearM = this.#clearM(
      this.#minLng + (column + 0.5) / this.#perDegree,
      this.#minLat + (row + 0.5) / this.#perDegree,
    );
    // No point of a cell is farther from its middle, measured where degrees are longest.
    const halfM = ((METRES_PER_DEGREE / this.#perDegree) * Math.SQRT2) / 2 + 1;
    const isSafe = clearM > halfM;
    this.#cells[cell] = isSafe ? SAFE : UNSAFE;
    return isSafe;
  }
}
