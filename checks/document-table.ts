// The tables of a document in Markdown, for checks that hold them against the code.

/** The cells of the first table whose head begins with this word, without its head; none when there is no such table. */
export function readRows(document: string, firstHead: string): string[][] {
  const lines = document.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${firstHead} |`));
  if (head < 0) return [];
  const after = lines.slice(head + 2);
  const end = after.findIndex((line) => !line.startsWith('|'));
  return (end < 0 ? after : after.slice(0, end)).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands between `<!-- name -->` and `<!-- end of name -->`. Throws when it is not there. */
export function between(document: string, name: string): string {
  const found = new RegExp(`<!-- ${name} -->([\\s\\S]*)<!-- end of ${name} -->`).exec(document);
  if (!found) throw new Error(`the document has no part "${name}"`);
  return found[1] ?? '';
}

/** Paths in backticks at the begin of the rows. */
export const pathsOf = (part: string): string[] =>
  [...part.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path = '']) => path);
