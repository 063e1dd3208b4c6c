import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { LINE_BYTES_MAX, readLines } from './read-lines.ts';
import { collect, inChunks, rejection } from './reading.fixture.ts';

/** Lines with their line feed, `too-long` for those left out. */
async function linesOf(source: AsyncIterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const piece of readLines(source)) {
    if (piece.kind === 'too-long') lines.push('too-long');
    else
      lines.push(
        ...(Buffer.from(piece.bytes)
          .toString('utf8')
          .match(/[^\n]*\n/g) ?? []),
      );
  }
  return lines;
}

test.each([
  ['nothing', '', []],
  ['an empty line', '\n', ['\n']],
  ['a last line without its end', 'a\nb', ['a\n', 'b\n']],
  ['carriage returns, kept', 'a\r\nb\r\n', ['a\r\n', 'b\r\n']],
  ['a byte order mark, passed over', '\uFEFFa\n\uFEFFb', ['a\n', '\uFEFFb\n']],
  ['only a byte order mark', '\uFEFF', []],
  ['a mark and an empty line', '\uFEFF\n', ['\n']],
  ['two bytes', 'a\n', ['a\n']],
])('%s', async (_name, content, expected) => {
  for (const size of [1, 2, 3, 100]) {
    expect(await linesOf(inChunks(content, size))).toEqual(expected);
  }
});

test('any text comes out as its lines, however it is cut', async () => {
  const line = fc.string({ maxLength: 20, unit: fc.constantFrom('a', 'é', '人', '\r', '"') });
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 50 }), async (lines, size) => {
      const content = lines.map((text) => `${text}\n`);
      expect(await linesOf(inChunks(content.join(''), size))).toEqual(content);
    }),
  );
});

test.each([
  [LINE_BYTES_MAX, false],
  [LINE_BYTES_MAX + 1, true],
  [LINE_BYTES_MAX * 2 + 17, true],
])('a line of %i bytes is left out: %s', async (length, isLeftOut) => {
  const long = 'x'.repeat(length);
  const expected = isLeftOut ? 'too-long' : `${long}\n`;
  for (const size of [4_099, 300_000, 64 * 1024 * 1024]) {
    const middle = await linesOf(inChunks(`a\n${long}\nb\n`, size));
    expect(middle.map((line) => line.length)).toEqual([2, expected.length, 2]);
    const last = await linesOf(inChunks(`a\n${long}`, size));
    expect(last.map((line) => line.length)).toEqual([2, expected.length]);
  }
});

test.each([
  ['little-endian', Buffer.from('\uFEFFa', 'utf16le')],
  ['big-endian', Buffer.from([0xfe, 0xff, 0, 97])],
])('UTF-16 is refused with what to do: %s', async (_name, bytes) => {
  const error = (await rejection(collect(readLines(inChunks(bytes))))) as UserError;
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toBe('the file is in UTF-16');
  expect(error.hint?.en).toBe('Save it as UTF-8.');
});
