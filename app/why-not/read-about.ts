// What a history holds of one person, in the order of the log, and by which rules it was evaluated. Reads past
// everything else without making objects of it.

import type { PositionBatch } from '../../core/position-batch.ts';
import { selectPositions } from '../../core/position-batch.ts';
import type { Utf8Dictionary } from '../../core/utf8-dictionary.ts';
import { partitionOf } from '../../ingest/log.ts';
import type { EngineInput } from '../../rules/engine.ts';
import { decodeRulebook } from '../../rules/rulebook-mark.ts';
import type { Rulebook } from '../../rules/rulebook.ts';
import { inputOf } from '../../rules/run.ts';
import type { HistorySource } from '../backtest/history-source.ts';

export type History = {
  readonly inputs: readonly EngineInput[];
  /** The rules that were in force at the instant; undefined where the history does not say. */
  readonly rulebook: Rulebook | undefined;
};

export async function readAbout(
  source: HistorySource,
  about: { subject: string; atMs: number; untilMs: number; signal?: AbortSignal | undefined },
): Promise<History> {
  const { subject, atMs, untilMs, signal } = about;
  const inputs: EngineInput[] = [];
  let mark: Uint8Array | undefined;
  const begin = await source.begin();
  // A person is in one partition; files are one lane.
  const lane = begin.ends.length > 0 ? partitionOf(subject, begin.ends.length) : 0;
  for await (const { entry, after } of source.entries({ ...begin, lane }, untilMs)) {
    signal?.throwIfAborted();
    if (after.lane !== lane) break;
    if (entry.kind === 'rulebook' && (mark === undefined || entry.watermarkMs <= atMs)) {
      mark = entry.payload;
    }
    add(inputs, ownOf(inputOf(entry), subject));
  }
  return { inputs, rulebook: mark && decodeRulebook(mark) };
}

/** Records without anything of the person only say how far time has come; the newest of them is enough. */
function add(inputs: EngineInput[], input: EngineInput): void {
  const last = inputs.at(-1);
  if (last && isEmpty(last)) inputs.pop();
  inputs.push(input);
}

const isEmpty = ({ facts, positions, gap }: EngineInput): boolean => !facts && !positions && !gap;

function ownOf({ facts, positions, ...rest }: EngineInput, subject: string): EngineInput {
  const own = facts?.filter((fact) => fact.subject === subject) ?? [];
  const rows = positions ? rowsOf(positions, subject) : [];
  return {
    ...rest,
    ...(own.length > 0 ? { facts: own } : {}),
    ...(positions && rows.length > 0
      ? { positions: selectPositions(positions, Int32Array.from(rows)) }
      : {}),
  };
}

function rowsOf(batch: PositionBatch, subject: string): number[] {
  const code = codeOf(batch.subjects, Buffer.from(subject, 'utf8'));
  if (code < 0) return [];
  const rows: number[] = [];
  for (let row = 0; row < batch.length; row++) if (batch.subject[row] === code) rows.push(row);
  return rows;
}

/** The place of a text in a dictionary, by its bytes; -1 when it is not there. */
function codeOf({ length, bytes, offsets }: Utf8Dictionary, wanted: Buffer): number {
  for (let index = 0; index < length; index++) {
    const [from, until] = [offsets[index] as number, offsets[index + 1] as number];
    if (until - from === wanted.length && wanted.equals(bytes.subarray(from, until))) return index;
  }
  return -1;
}
