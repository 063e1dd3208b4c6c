// ② Bytes into whole lines, in memory that does not grow with the file: what arrives is gathered in one
// buffer and handed on as pieces that end with a line. A line that does not fit is passed over.

import { UserError } from '../../core/errors.ts';
import { text } from '../../core/text.ts';

/** A longer line is left out, whatever it holds; the longest fact is far below. */
export const LINE_BYTES_MAX = 1024 * 1024;

/** How much is taken in between two hand-overs. */
const GULP_BYTES = 256 * 1024;

export const LINE_FEED = 10;

export type LinePiece =
  /** Whole lines, each ended by a line feed, the last of the file too. Valid until the next piece. */
  | { readonly kind: 'lines'; readonly bytes: Uint8Array }
  /** One line of more than LINE_BYTES_MAX bytes. */
  | { readonly kind: 'too-long' };

/**
 * The lines of a file in pieces, in order. A byte order mark is passed over; line feeds and carriage
 * returns stay. Throws UserError `bad-input` for UTF-16.
 */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<LinePiece> {
  const buffer = new LineBuffer();
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += GULP_BYTES) {
      yield* buffer.take(chunk.subarray(at, at + GULP_BYTES));
    }
  }
  yield* buffer.end();
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a line, or undefined when its bytes are not UTF-8. */
export function decodeLine(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

class LineBuffer {
  readonly #bytes = new Uint8Array(LINE_BYTES_MAX + GULP_BYTES + 1);
  /** The unfinished line lies at the front of the buffer. */
  #length = 0;
  /** True while the rest of a line that is too long goes by. */
  #isPassingOver = false;
  #isMarkPassed = false;

  *take(gulp: Uint8Array): Generator<LinePiece> {
    let rest = gulp;
    if (this.#isPassingOver) {
      const end = rest.indexOf(LINE_FEED);
      if (end < 0) return;
      this.#isPassingOver = false;
      rest = rest.subarray(end + 1);
      yield { kind: 'too-long' };
    }
    const held = this.#length;
    this.#bytes.set(rest, held);
    this.#length += rest.length;
    if (this.#length < 3 && !this.#isMarkPassed) return;
    // Nothing was handed on before the mark was looked for, so the search then begins there.
    const searched = this.#isMarkPassed ? held : 0;
    const start = this.#passMark();
    const from = Math.max(start, searched);
    const lastEnd = this.#bytes.subarray(from, this.#length).lastIndexOf(LINE_FEED);
    if (lastEnd >= 0) yield* this.#handOn(start, from + lastEnd + 1);
    else if (start > 0) this.#moveToFront(start);
    if (this.#length > LINE_BYTES_MAX) {
      this.#isPassingOver = true;
      this.#length = 0;
    }
  }

  *end(): Generator<LinePiece> {
    if (this.#isPassingOver) {
      yield { kind: 'too-long' };
      return;
    }
    const start = this.#passMark();
    if (start === this.#length) return;
    if (this.#bytes[this.#length - 1] !== LINE_FEED) this.#bytes[this.#length++] = LINE_FEED;
    yield* this.#handOn(start, this.#length);
  }

  /** Hands on the bytes up to `end`, where a line ends. */
  *#handOn(start: number, end: number): Generator<LinePiece> {
    let from = start;
    // Only the first line can be longer than a gulp: the others came with this one.
    const firstEnd = this.#bytes.indexOf(LINE_FEED, from);
    if (firstEnd - from > LINE_BYTES_MAX) {
      yield { kind: 'too-long' };
      from = firstEnd + 1;
    }
    if (from < end) yield { kind: 'lines', bytes: this.#bytes.subarray(from, end) };
    this.#moveToFront(end);
  }

  #moveToFront(from: number): void {
    this.#bytes.copyWithin(0, from, this.#length);
    this.#length -= from;
  }

  /** How many bytes of a byte order mark lead the file; asked once. */
  #passMark(): number {
    if (this.#isMarkPassed) return 0;
    this.#isMarkPassed = true;
    const [first, second, third] = this.#bytes.subarray(0, this.#length);
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
      throw new UserError('bad-input', text('文件是 UTF-16 编码', 'the file is in UTF-16'), {
        hint: text('请另存为 UTF-8 编码。', 'Save it as UTF-8.'),
      });
    }
    return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  }
}
