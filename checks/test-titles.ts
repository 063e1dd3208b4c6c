// The titles of the tests in a file, as they stand in its source: what tables of controls may point at.

/** Every string a test, a group of tests or a table of tests is named by. */
export function testTitles(source: string): Set<string> {
  const text = String.raw`(['"\x60])((?:(?!\1)[^\\\n]|\\.)+)\1`;
  const called = new RegExp(
    String.raw`\b(?:test|describe)(?:\.\w+)*(?:<[^;]*?>)?\(\s*${text}`,
    'g',
  );
  const ofTable = new RegExp(String.raw`\)\(\s*${text}\s*,`, 'g');
  return new Set(
    [called, ofTable].flatMap((pattern) =>
      [...source.matchAll(pattern)].map(([, , title = '']) => title),
    ),
  );
}
