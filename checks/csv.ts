// Reads the tables of controls: commas, quotes by RFC 4180, one head line.

/** The rows by the names of the head line. Throws when a row has more or fewer cells than the head. */
export function readCsv(content: string): Record<string, string>[] {
  const [head = [], ...rows] = cellsOf(content);
  return rows.map((cells, index) => {
    if (cells.length !== head.length) {
      throw new Error(`row ${index + 2} has ${cells.length} cells, not ${head.length}`);
    }
    return Object.fromEntries(head.map((name, at) => [name, cells[at] ?? '']));
  });
}

function cellsOf(content: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/y;
  while (cell.lastIndex < content.length) {
    const at = cell.lastIndex;
    const found = cell.exec(content);
    if (!found) throw new Error(`a quote that does not end, or text beside one, at ${at}`);
    const [, quoted, plain = '', end] = found;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
