// Cuts SQL text into statements, minding quotes and comments. Migrations are run with it, and the
// warehouse refuses with it what the embedded engine would run and a server would not: several at once.

/** Statements of `sql` without the semicolons between them and without comments that stand alone. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  for (const at of semicolons(sql)) {
    statements.push(sql.slice(start, at));
    start = at + 1;
  }
  statements.push(sql.slice(start));
  return statements
    .map((statement) => statement.replaceAll(/^\s*--.*\n?/gm, '').trim())
    .filter((statement) => statement !== '');
}

/** Positions of the semicolons that end a statement: those outside of quotes and comments. */
function semicolons(sql: string): number[] {
  const found: number[] = [];
  for (let i = 0; i < sql.length; i++) {
    const char = sql[i] as string;
    if (char === ';') found.push(i);
    else if (char === "'" || char === '"' || char === '`') i = endOfQuote(sql, i, char);
    else if (char === '#' || sql.startsWith('--', i)) i = endOf(sql, '\n', i);
    else if (sql.startsWith('/*', i)) i = endOf(sql, '*/', i + 2) + 1;
  }
  return found;
}

/** The closing quote; doubled quotes and ClickHouse's backslash escapes are part of the text. */
function endOfQuote(sql: string, from: number, quote: string): number {
  let i = from + 1;
  while (i < sql.length && sql[i] !== quote) i += sql[i] === '\\' ? 2 : 1;
  return i;
}

function endOf(sql: string, mark: string, from: number): number {
  const at = sql.indexOf(mark, from);
  return at === -1 ? sql.length : at;
}
