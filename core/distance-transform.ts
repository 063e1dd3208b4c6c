// Exact Euclidean distance transform on a grid with rectangular cells, in linear time: Felzenszwalb and
// Huttenlocher, "Distance Transforms of Sampled Functions", Theory of Computing 8 (2012).

/**
 * Replaces each value (0 at the sources, Infinity elsewhere; row by row) with the squared distance in
 * metres from the cell's centre to the centre of the nearest source.
 */
export function distanceTransform(
  squared: Float64Array,
  columns: number,
  rows: number,
  cellWidthM: number,
  cellHeightM: number,
): void {
  const along = new Line(Math.max(columns, rows));
  for (let column = 0; column < columns; column++) {
    along.transform(squared, column, columns, rows, cellHeightM);
  }
  for (let row = 0; row < rows; row++) {
    along.transform(squared, row * columns, 1, columns, cellWidthM);
  }
}

/** Lower envelope of the parabolas rooted at the cells of one row or column. */
class Line {
  readonly #values: Float64Array;
  readonly #roots: Int32Array;
  readonly #borders: Float64Array;

  constructor(longest: number) {
    this.#values = new Float64Array(longest);
    this.#roots = new Int32Array(longest);
    this.#borders = new Float64Array(longest + 1);
  }

  transform(grid: Float64Array, start: number, step: number, count: number, cellM: number): void {
    const values = this.#values;
    const roots = this.#roots;
    const borders = this.#borders;
    const area = cellM * cellM;
    for (let i = 0; i < count; i++) values[i] = (grid[start + i * step] as number) / area;
    let last = -1;
    for (let i = 0; i < count; i++) {
      if (values[i] === Infinity) continue;
      let meets = -Infinity;
      while (last >= 0) {
        const root = roots[last] as number;
        meets =
          ((values[i] as number) + i * i - ((values[root] as number) + root * root)) /
          (2 * (i - root));
        if (meets > (borders[last] as number)) break;
        last--;
      }
      last++;
      roots[last] = i;
      borders[last] = last === 0 ? -Infinity : meets;
      borders[last + 1] = Infinity;
    }
    if (last < 0) return;
    for (let i = 0, piece = 0; i < count; i++) {
      while ((borders[piece + 1] as number) < i) piece++;
      const root = roots[piece] as number;
      grid[start + i * step] = ((i - root) * (i - root) + (values[root] as number)) * area;
    }
  }
}
