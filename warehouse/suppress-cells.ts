// Takes small counts out of a table before it is shown, and with each as many others as are needed so that
// none can be had by subtraction from a total along any of the table's dimensions.

export type CountedCell = {
  /** The value of every dimension of the table, in one order. */
  readonly key: readonly (string | number)[];
  /** What the cell's figures count; all of them must reach the floor, or be nothing at all. */
  readonly counts: readonly number[];
};

/**
 * Which cells must not be shown. In every line of the table (all dimensions but one held fixed) either no
 * cell is hidden or at least two are. A line with a single count cannot be kept safe so: its total is that
 * count, and whoever gives totals must hide it as well. Questions that overlap are not looked at together.
 */
export function suppressCells(cells: readonly CountedCell[], floor: number): readonly boolean[] {
  const hidden = cells.map(({ counts }) => counts.some((count) => count > 0 && count < floor));
  if (floor <= 1 || !hidden.includes(true)) return hidden;
  const lines = linesOf(cells);
  for (let changed = true; changed;) {
    changed = false;
    for (const line of lines) {
      if (line.filter((index) => hidden[index]).length !== 1) continue;
      const next = smallestShown(line, cells, hidden);
      if (next === undefined) continue;
      hidden[next] = true;
      changed = true;
    }
  }
  return hidden;
}

/** The cells of every line, by their places in the table. */
function linesOf(cells: readonly CountedCell[]): readonly (readonly number[])[] {
  const lines = new Map<string, number[]>();
  cells.forEach(({ key }, index) => {
    key.forEach((_value, dimension) => {
      const name = JSON.stringify([dimension, key.toSpliced(dimension, 1)]);
      const line = lines.get(name);
      if (line) line.push(index);
      else lines.set(name, [index]);
    });
  });
  return [...lines.values()];
}

function smallestShown(
  line: readonly number[],
  cells: readonly CountedCell[],
  hidden: readonly boolean[],
): number | undefined {
  const sizeOf = (index: number) => Math.max(0, ...(cells[index]?.counts ?? []));
  return line
    .filter((index) => !hidden[index] && sizeOf(index) > 0)
    .toSorted((a, b) => sizeOf(a) - sizeOf(b) || a - b)[0];
}
