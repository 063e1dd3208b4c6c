// Copies the timeline of all alerts into the log's alert-events, in the order of its numbers, for the
// warehouse and other readers. What has been published is noted after the append; after a crash between the
// two the log itself tells how far it came, so that each event is in it once.

import type { AlertEvent } from '../core/alert-event.ts';
import type { Logger } from '../core/logger.ts';
import type { Clock } from '../core/time.ts';
import { decodeLines, encodeLines, type Log } from '../ingest/log.ts';
import { loadCursor, saveCursor } from '../warehouse/cursors.ts';
import type { Records } from '../warehouse/records.ts';
import { eventColumn, withoutFreeText } from './events.ts';

export type PublisherDeps = {
  readonly records: Records;
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type Publisher = {
  /** Publishes up to EVENTS_MAX events; gives how many there were. */
  publish(): Promise<number>;
  /** Number of the last event known to be published. */
  publishedSeq(): number;
};

export const EVENTS_MAX = 500;

/** All of alert-events goes to one partition: its readers want one order. One publisher at a time. */
const PARTITION = 0;
const CURSOR = 'alert-events';
const TAIL_WAIT_MS = 5_000;

export function createPublisher(deps: PublisherDeps): Publisher {
  const { records, log, clock } = deps;
  let published = -1;
  /** True while it is not known whether the last append reached the log. */
  let isUnsure = true;

  return {
    publishedSeq: () => published,
    async publish() {
      if (isUnsure) {
        published = await recover(deps);
        isUnsure = false;
      }
      const rows = await records.db
        .selectFrom('alertEvent')
        .select(['seq', 'atMs', 'body'])
        .where('seq', '>', published)
        .orderBy('seq')
        .limit(EVENTS_MAX)
        .execute();
      const last = rows.at(-1);
      if (!last) return 0;
      const events = rows.map(({ body }) => withoutFreeText(eventColumn.decode(body)));
      const payload = encodeLines(events);
      isUnsure = true;
      await log.append('alert-events', [
        { partition: PARTITION, entries: [{ kind: 'lines', watermarkMs: last.atMs, payload }] },
      ]);
      await saveCursor({ clock }, records.db, { name: CURSOR, value: String(last.seq) });
      published = last.seq;
      isUnsure = false;
      return rows.length;
    },
  };
}

/** The greater of what was noted and what the last record of the log holds. */
async function recover({ records, log, logger }: PublisherDeps): Promise<number> {
  const noted = Number((await loadCursor(records.db, CURSOR)) ?? 0);
  const { start, end } = await log.bounds('alert-events', PARTITION);
  if (end <= start) return noted;
  const [record] = await log.read('alert-events', PARTITION, {
    offset: end - 1,
    recordsMax: 1,
    waitMs: TAIL_WAIT_MS,
  });
  const event = record && decodeLines<AlertEvent>(record.payload).at(-1);
  if (!event) return noted;
  const row = await records.db
    .selectFrom('alertEvent')
    .select('seq')
    .where('id', '=', event.id)
    .executeTakeFirst();
  if (!row) logger.error('alerts.events-of-other-records', { eventId: event.id });
  return Math.max(noted, row?.seq ?? 0);
}
