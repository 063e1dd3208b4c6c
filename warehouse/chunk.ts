// What the writer takes from the log in one go, sorted into tables. A chunk knows for each segment of the
// log how many rows it adds to which table and up to which record it reaches.

import type { AlertEvent } from '../core/alert-event.ts';
import type { Finding } from '../core/finding.ts';
import type { Fact } from '../core/observation.ts';
import { decodePositions } from '../core/position-batch.ts';
import type { Tally } from '../ingest/ledger.ts';
import { decodeLines, type LogRecord } from '../ingest/log.ts';
import { encodeBlock } from './native-block.ts';
import type { Progress } from './progress.ts';
import { segmentOf } from './recovery-plan.ts';
import type { Touched } from './rollup-days.ts';
import { dayNumber } from './rollups.ts';
import {
  columnsOf,
  TARGETS,
  type Row,
  type RowsOf,
  type Target,
  type WrittenTopic,
} from './targets.ts';

export type Block = { readonly target: Target; readonly rows: number; readonly bytes: Uint8Array };

const NOTHING = new Uint8Array(0);

/** Drills and canaries are not written: whoever counts in the warehouse cannot count them by mistake. */
const isReal = ({ exercise }: Pick<Finding | AlertEvent, 'exercise'>): boolean =>
  exercise === undefined;

export class Chunk {
  readonly #rows: RowsOf = {
    position: [],
    fact: [],
    tally: [],
    observation_record: [],
    finding: [],
    alert_event: [],
  };
  readonly #progress = new Map<string, Progress & { nextOffset: number; rows: number }>();

  /** Takes the record in; records of one partition come in order. */
  take(topic: WrittenTopic, partition: number, record: LogRecord): void {
    const { offset } = record;
    const segment = segmentOf(offset);
    for (const target of TARGETS[topic]) {
      const key = `${target}/${partition}/${segment}`;
      const note = this.#progress.get(key) ?? {
        target,
        partition,
        segment,
        nextOffset: 0,
        rows: 0,
      };
      note.nextOffset = offset + 1;
      this.#progress.set(key, note);
    }
    const count = (target: Target, rows: number) => {
      const note = this.#progress.get(`${target}/${partition}/${segment}`);
      if (note) note.rows += rows;
    };
    const add = <Value>(
      target: Target,
      to: Row<Value>[],
      values: readonly Value[],
      isWanted: (value: Value) => boolean = () => true,
    ) => {
      const before = to.length;
      for (const [line, value] of values.entries()) {
        if (isWanted(value)) to.push({ value, partition, offset, line });
      }
      count(target, to.length - before);
      return to.length - before;
    };
    const noteRecord = (rows: number, payload: Uint8Array = NOTHING) => {
      if (topic !== 'observations') return;
      const { kind, watermarkMs, appendedAtMs } = record;
      const value = { kind, watermarkMs, appendedAtMs, rows, payload };
      this.#rows.observation_record.push({ value, partition, offset, line: 0 });
      count('observation_record', 1);
    };

    if (record.kind === 'tick' || record.kind === 'rulebook') {
      noteRecord(0, record.payload);
    } else if (record.kind === 'forget') {
      // Whom it names is to be nowhere.
      noteRecord(0);
    } else if (record.kind === 'positions') {
      const batch = decodePositions(record.payload);
      this.#rows.position.push({ value: batch, partition, offset, line: 0 });
      count('position', batch.length);
      noteRecord(batch.length);
    } else if (record.kind === 'tally') {
      const tallies = decodeLines<Tally>(record.payload);
      const atMs = record.appendedAtMs;
      const rows = tallies.map((tally) => ({ ...tally, atMs }));
      noteRecord(add('tally', this.#rows.tally, rows));
    } else if (topic === 'findings') {
      add('finding', this.#rows.finding, decodeLines<Finding>(record.payload), isReal);
    } else if (topic === 'alert-events') {
      add('alert_event', this.#rows.alert_event, decodeLines<AlertEvent>(record.payload), isReal);
    } else {
      noteRecord(add('fact', this.#rows.fact, decodeLines<Fact>(record.payload)));
    }
  }

  /** The chunk's rows as blocks for insertion, one for each table that gets any. */
  blocks(): Block[] {
    return [
      this.#block('position'),
      this.#block('fact'),
      this.#block('tally'),
      this.#block('observation_record'),
      this.#block('finding'),
      this.#block('alert_event'),
    ].filter(({ rows }) => rows > 0);
  }

  /** What roll-ups go by. */
  touched(): Touched {
    const { position, fact, alert_event: events } = this.#rows;
    const received = new Set(fact.map(({ value }) => dayNumber(value.receivedAtMs)));
    for (const { value: batch } of position) {
      // Those of a batch come together: where its first and last do, all do.
      let [first, last] = [Infinity, -Infinity];
      for (let row = 0; row < batch.length; row++) {
        const atMs = batch.receivedAtMs[row] as number;
        if (atMs < first) first = atMs;
        if (atMs > last) last = atMs;
      }
      for (let day = dayNumber(first); day <= dayNumber(last); day++) received.add(day);
    }
    const opened = events.filter(({ value }) => value.kind === 'opened');
    const isOpened = new Set(opened.map(({ value }) => value.alertId));
    const others = events.map(({ value }) => value.alertId).filter((id) => !isOpened.has(id));
    return {
      observationDays: [...received],
      openedDays: [...new Set(opened.map(({ value }) => dayNumber(value.atMs)))],
      alerts: [...new Set(others)],
    };
  }

  /** The notes to make once the blocks are inserted. */
  progress(): Progress[] {
    return [...this.#progress.values()];
  }

  #block<Name extends Target>(target: Name): Block {
    const rows = this.progress()
      .filter((note) => note.target === target)
      .reduce((sum, note) => sum + note.rows, 0);
    if (rows === 0) return { target, rows, bytes: new Uint8Array(0) };
    return { target, rows, bytes: encodeBlock(rows, columnsOf[target](this.#rows[target])) };
  }
}
