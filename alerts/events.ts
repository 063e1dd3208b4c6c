// Writes what happens to an alert: one row of its timeline per event, with an id made of its content, so
// that doing the same thing twice leaves one row. What officers write stays out of the log.

import { alertEventSchema, type AlertEvent, type AlertEventKind } from '../core/alert-event.ts';
import { contentId } from '../core/ids.ts';
import type { Level } from '../core/finding.ts';
import type { EpochMs } from '../core/time.ts';
import { jsonColumn } from '../warehouse/json-column.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable } from '../warehouse/records-schema.ts';

/** What of an alert its events repeat. */
export type EventAlert = Pick<
  AlertTable,
  'id' | 'ruleId' | 'level' | 'subject' | 'subjectClass' | 'region' | 'openedAtMs' | 'exercise'
> &
  Partial<Pick<AlertTable, 'repeatsRaisedAtMs'>>;

export type EventFacts = {
  readonly kind: AlertEventKind;
  /** What makes this event the same as another of its kind on the same alert. */
  readonly key: readonly (string | number)[];
  readonly atMs: EpochMs;
  readonly actor: string;
  readonly details: AlertEvent['details'];
};

/** The turn to take before events are written; see Records.takeTurn. */
export const EVENT_TURN = 'alert-event';

/** The part of the system that acts when no person does. */
export const PIPELINE_ACTOR = 'alerts';

export const alertEvent = (alert: EventAlert, facts: EventFacts): AlertEvent => ({
  id: eventId(alert.id, facts.kind, facts.key),
  alertId: alert.id,
  kind: facts.kind,
  atMs: facts.atMs,
  actor: facts.actor,
  ruleId: alert.ruleId,
  level: levelByRule(alert),
  subject: alert.subject,
  subjectClass: alert.subjectClass,
  region: alert.region,
  openedAtMs: alert.openedAtMs,
  ...(alert.exercise === null ? {} : { exercise: alert.exercise }),
  details: facts.details,
});

/** The level the rule gives the alert, which is what is counted: repeats make it graver for the officer only. */
export const levelByRule = ({
  level,
  repeatsRaisedAtMs,
}: Pick<AlertTable, 'level'> & Partial<Pick<AlertTable, 'repeatsRaisedAtMs'>>): Level =>
  repeatsRaisedAtMs == null ? level : ((level + 1) as Level);

export const eventId = (
  alertId: string,
  kind: AlertEventKind,
  key: readonly (string | number)[],
): string => contentId('ev', [kind, alertId, ...key]);

export const eventColumn = jsonColumn(alertEventSchema);

const ROWS_MAX = 500;

/** Adds the events that are not there yet. The transaction holds EVENT_TURN. */
export async function writeEvents(
  trx: RecordsTransaction,
  events: readonly AlertEvent[],
): Promise<void> {
  const rows = events.map((event) => ({
    id: event.id,
    alertId: event.alertId,
    kind: event.kind,
    atMs: event.atMs,
    actor: event.actor,
    body: eventColumn.encode(event),
  }));
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    await trx
      .insertInto('alertEvent')
      .values(rows.slice(at, at + ROWS_MAX))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

/** The event as it may leave the records: free text may name persons, and streams carry no names. */
export function withoutFreeText(event: AlertEvent): AlertEvent {
  const { note: _note, ...details } = event.details;
  return { ...event, details };
}
