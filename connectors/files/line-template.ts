// The fast way through JSON lines of positions. Lines of one writer differ only in a few numbers and the
// subject: a template is a line with those cut out. What fits it byte for byte is as valid as the line it
// was cut from, once the numbers are within their limits; everything else goes to read-arrival.ts.

import type { ArrivalOf } from '../../core/observation.ts';
import { FIX_KINDS } from '../../core/position-codes.ts';
import { areWithinLimits, NUMBER_FIELDS } from './position-fields.ts';
import { beginsKey, isIdentityAt, KEY_BYTES, KEY_BYTES_MAX } from './key-bytes.ts';
import { LINE_FEED } from './read-lines.ts';
import { scanDecimal } from './scan-decimal.ts';

const CARRIAGE_RETURN = 13;
const ALIAS_BYTES_MAX = 128;

const SUBJECT_HOLE = -2;

export class LineTemplate {
  /** What the line last matched says; NaN where it says nothing. */
  readonly numbers = new Float64Array(NUMBER_FIELDS.length).fill(Number.NaN);
  subjectStart = 0;
  subjectEnd = 0;
  /** Index into FIX_KINDS. */
  readonly fix: number;
  /** What the reader calls the source. */
  readonly sourceCode: number;
  /** The bytes that never change, in words of four; a word may overlap the one before it. */
  readonly #words: Int32Array;
  /** For each segment its length in bytes and the words it ends before, for all holes and the tail. */
  readonly #lengths: Int32Array;
  readonly #wordEnds: Int32Array;
  /** What follows a segment: a slot of the scratch row or the subject. */
  readonly #holes: Int8Array;
  readonly #tail: Uint8Array;
  /** Length of the namespace in front of an alias, colon included; 0 for a key. */
  readonly #aliasBytes: number;

  private constructor(position: ArrivalOf<'position'>, cut: Cut, sourceCode: number) {
    this.fix = FIX_KINDS.indexOf(position.fix);
    this.sourceCode = sourceCode;
    this.#aliasBytes = position.subject.indexOf(':') + 1;
    const words = cut.parts.map(({ literal }) => wordsOf(literal));
    this.#words = Int32Array.from(words.flat());
    this.#wordEnds = Int32Array.from(words, (_, i) => words.slice(0, i + 1).flat().length);
    this.#lengths = Int32Array.from(cut.parts, ({ literal }) => literal.length);
    this.#holes = Int8Array.from(cut.parts, ({ hole }) => hole);
    this.#tail = new Uint8Array(Buffer.from(cut.tail, 'latin1'));
  }

  /** The template of a line that says `position`, or undefined when the line is not plainly written. */
  static of(
    line: string,
    position: ArrivalOf<'position'>,
    sourceCode: number,
  ): LineTemplate | undefined {
    const cut = cutHoles(line.trimEnd());
    if (!cut) return undefined;
    const template = new LineTemplate(position, cut, sourceCode);
    // A subject that is sound but unusual does not fit its own template.
    const bytes = new Uint8Array(Buffer.from(`${line.trimEnd()}\n`, 'latin1'));
    return template.match(bytes, new DataView(bytes.buffer), 0) < 0 ? undefined : template;
  }

  /**
   * Where the next line begins if the line at `start` fits, else -1. `view` is over the same bytes, which
   * end with a line feed.
   */
  match(bytes: Uint8Array, view: DataView, start: number): number {
    const words = this.#words;
    const wordEnds = this.#wordEnds;
    const lengths = this.#lengths;
    const holes = this.#holes;
    const numbers = this.numbers;
    let at = start;
    let word = 0;
    for (let i = 0; i < holes.length; i++) {
      const end = at + (lengths[i] as number);
      if (end > view.byteLength) return -1;
      const last = (wordEnds[i] as number) - 1;
      for (; word < last; word++, at += 4) {
        if (view.getInt32(at, true) !== words[word]) return -1;
      }
      if (view.getInt32(end - 4, true) !== words[word++]) return -1;
      const hole = holes[i] as number;
      at =
        hole === SUBJECT_HOLE
          ? this.#scanSubject(bytes, end)
          : scanDecimal(bytes, end, numbers, hole);
      if (at < 0) return -1;
    }
    const tail = this.#tail;
    for (let i = 0; i < tail.length; i++, at++) if (bytes[at] !== tail[i]) return -1;
    if (bytes[at] === CARRIAGE_RETURN) at++;
    if (bytes[at] !== LINE_FEED || !areWithinLimits(numbers)) return -1;
    return at + 1;
  }

  /** Where the subject's bytes end, or -1 when it is not plainly a key or alias. */
  #scanSubject(bytes: Uint8Array, start: number): number {
    const from = start - this.#aliasBytes;
    let at = start;
    if (this.#aliasBytes === 0 && !beginsKey(bytes[at] as number)) return -1;
    while (KEY_BYTES[bytes[at] as number] !== 0) at++;
    if (at === start) return -1;
    if (this.#aliasBytes > 0) {
      if (at - from > ALIAS_BYTES_MAX) return -1;
    } else if (at - from > KEY_BYTES_MAX || isIdentityAt(bytes, from, at)) return -1;
    this.subjectStart = from;
    this.subjectEnd = at;
    return at;
  }
}

/** The literal four bytes at a time, the last four overlapping those before them. */
function wordsOf(literal: string): number[] {
  const bytes = Buffer.from(literal, 'latin1');
  return Array.from({ length: Math.ceil(bytes.length / 4) }, (_, i) =>
    bytes.readInt32LE(Math.min(i * 4, bytes.length - 4)),
  );
}

/** Text that never changes and the hole behind it; every literal ends with a key and so has five bytes or more. */
type Part = { readonly literal: string; readonly hole: number };

type Cut = { readonly parts: readonly Part[]; readonly tail: string };

const MEMBER = /[{,]\s*"(\w+)"\s*:\s*(?:"([^"\\]*)"|(-?(?:0|[1-9]\d*)(?:\.\d+)?))\s*/y;

/**
 * A line of JSON with its holes cut out; undefined when it holds anything but plain ASCII members, each
 * once.
 */
function cutHoles(line: string): Cut | undefined {
  // oxlint-disable-next-line no-control-regex -- exactly the ASCII range is meant
  if (!/^[\x20-\x7e]*$/.test(line)) return undefined;
  const parts: Part[] = [];
  const seen = new Set<string>();
  let literalFrom = 0;
  let at = line.search(/\S/);
  while (line[at] !== '}') {
    MEMBER.lastIndex = at;
    const member = MEMBER.exec(line);
    const [all = '', name = '', string, number] = member ?? [];
    if (!member || seen.has(name)) return undefined;
    seen.add(name);
    const value = string ?? number ?? '';
    const hole =
      name === 'subject' ? SUBJECT_HOLE : NUMBER_FIELDS.findIndex((field) => field.name === name);
    if (name === 'subject' || number !== undefined) {
      const end = at + all.trimEnd().length - (string === undefined ? 0 : 1);
      const start = end - value.length + (name === 'subject' ? value.indexOf(':') + 1 : 0);
      parts.push({ literal: line.slice(literalFrom, start), hole });
      literalFrom = end;
    }
    at += all.length;
  }
  return { parts, tail: line.slice(literalFrom) };
}
