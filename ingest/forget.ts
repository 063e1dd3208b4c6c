// Takes persons out of a record of the log without moving anything: what is about them goes, their key in
// what is about others is overwritten, and the rest stays byte for byte. The payload keeps its length, so
// that the log can write it over the old one where that lies.

import { namesKey, overwriteKey, type Forgotten } from '../core/forgotten.ts';
import { decodePositions, encodePositions, selectPositions } from '../core/position-batch.ts';
import type { EntryKind } from './log.ts';

export type Cleansed = {
  readonly payload: Uint8Array;
  /** Positions or lines that were about the persons. */
  readonly removed: number;
  /** Lines about others in which a key was overwritten. */
  readonly overwritten: number;
};

/** The record without the persons; undefined when it says nothing of them. */
export function cleanse(
  record: { readonly kind: EntryKind; readonly payload: Uint8Array },
  persons: readonly Forgotten[],
): Cleansed | undefined {
  const { kind, payload } = record;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (kind === 'positions') {
    const named = persons.filter(({ subject }) => bytes.includes(subject));
    return named.length === 0 ? undefined : cleansePositions(payload, named);
  }
  const named = persons.filter(({ subject }) => namesKey(bytes, subject));
  return named.length === 0 ? undefined : cleanseLines(bytes, named);
}

/** A line about a person becomes empty lines of its length, which every reader of lines passes over. */
function cleanseLines(bytes: Buffer, persons: readonly Forgotten[]): Cleansed {
  let removed = 0;
  let overwritten = 0;
  const lines = bytes.toString('utf8').split('\n');
  const cleansed = lines.map((line) => {
    const named = persons.filter(({ subject }) => namesKey(line, subject));
    if (named.length === 0) return line;
    if (named.some(({ subject }) => isAbout(line, subject))) {
      removed++;
      return '\n'.repeat(Buffer.byteLength(line));
    }
    overwritten++;
    return named.reduce(overwriteKey, line);
  });
  return { payload: Buffer.from(cleansed.join('\n'), 'utf8'), removed, overwritten };
}

/** True when a line is about the person: theirs by its subject, or by that of the dead letter in it. */
function isAbout(line: string, subject: string): boolean {
  type About = { subject?: unknown; observation?: { subject?: unknown } | null } | null;
  try {
    const value = JSON.parse(line) as About;
    return value?.subject === subject || value?.observation?.subject === subject;
  } catch {
    // A line that is no JSON cannot be about others either.
    return true;
  }
}

function cleansePositions(
  payload: Uint8Array,
  persons: readonly Forgotten[],
): Cleansed | undefined {
  const batch = decodePositions(payload);
  const gone = new Set<string>(persons.map(({ subject }) => subject));
  const words = Array.from({ length: batch.subjects.length }, (_, index) =>
    batch.subjects.at(index),
  );
  if (!words.some((word) => gone.has(word))) return undefined;
  const rows: number[] = [];
  for (let row = 0; row < batch.length; row++) {
    if (!gone.has(words[batch.subject[row] as number] as string)) rows.push(row);
  }
  const kept = selectPositions(batch, Int32Array.from(rows));
  return {
    payload: filled(encodePositions(kept), payload.byteLength),
    removed: batch.length - rows.length,
    overwritten: 0,
  };
}

/** The end-of-stream mark again and again: a reader stops at the first, and the last ends the stream too. */
const END_OF_STREAM = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

function filled(stream: Uint8Array, length: number): Uint8Array {
  const missing = length - stream.byteLength;
  if (missing <= 0 || missing % END_OF_STREAM.length !== 0) return stream;
  return Buffer.concat([stream, Buffer.alloc(missing, END_OF_STREAM)]);
}
