// Whose case is over for so long that nothing about them may stay: the last order ended, and every alert was
// closed, each longer ago than its period.

import type { SubjectKey } from '../../core/subject.ts';
import type { RecordsDb } from '../../warehouse/records.ts';
import type { Periods } from './declaration.ts';

export type PersonDue = {
  readonly subject: SubjectKey;
  /** When the last order ended. */
  readonly endedAtMs: number;
  /** From when on everything about the person is deleted; Infinity while an alert is open. */
  readonly dueAtMs: number;
  readonly waitsFor: 'period' | 'open-alert' | 'hold' | null;
};

type Version = {
  readonly subject: SubjectKey;
  readonly orderId: string;
  readonly action: string;
  readonly effectiveAtMs: number;
  readonly untilMs: number;
};

/** When the last of a person's orders ends or ended, by the newest version of each. */
export function endOf(versions: readonly Version[]): number {
  const newest = new Map<string, Version>();
  for (const version of versions) {
    const known = newest.get(version.orderId);
    if (!known || version.effectiveAtMs >= known.effectiveAtMs)
      newest.set(version.orderId, version);
  }
  return Math.max(
    ...[...newest.values()].map(({ action, effectiveAtMs, untilMs }) =>
      action === 'end' ? effectiveAtMs : untilMs,
    ),
  );
}

/** Everyone whose last order has ended, by when they are due. */
export async function findEnded(
  db: RecordsDb,
  { nowAtMs, periods, held }: { nowAtMs: number; periods: Periods; held: readonly SubjectKey[] },
): Promise<PersonDue[]> {
  const versions = await db
    .selectFrom('supervisionOrder')
    .select(['subject', 'orderId', 'action', 'effectiveAtMs', 'untilMs'])
    .orderBy('subject')
    .orderBy('effectiveAtMs')
    .orderBy('atMs')
    .orderBy('id')
    .execute();
  const bySubject = Map.groupBy(versions, ({ subject }) => subject);
  const ended = [...bySubject]
    .map(([subject, own]) => ({ subject, endedAtMs: endOf(own) }))
    .filter(({ endedAtMs }) => endedAtMs <= nowAtMs);
  const alerts = await lastAlerts(db);
  const isHeld = new Set<string>(held);
  return ended
    .map(({ subject, endedAtMs }): PersonDue => {
      const alert = alerts.get(subject);
      const afterOrder = endedAtMs + periods.person;
      const afterAlert = alert === undefined ? 0 : alert + periods.alerts;
      const dueAtMs = Math.max(afterOrder, afterAlert);
      const waitsFor =
        dueAtMs === Infinity
          ? 'open-alert'
          : dueAtMs > nowAtMs
            ? 'period'
            : isHeld.has(subject)
              ? 'hold'
              : null;
      return { subject, endedAtMs, dueAtMs, waitsFor };
    })
    .sort((a, b) => a.dueAtMs - b.dueAtMs || (a.subject < b.subject ? -1 : 1));
}

/** When the last of each person's alerts was closed; Infinity while one is open. */
async function lastAlerts(db: RecordsDb): Promise<Map<string, number>> {
  const closed = await db
    .selectFrom('alert')
    .select(({ fn }) => ['subject', fn.max('closedAtMs').as('lastAtMs')])
    .where('exercise', 'is', null)
    .groupBy('subject')
    .execute();
  const open = await db
    .selectFrom('alert')
    .select('subject')
    .distinct()
    .where('status', '<>', 'closed')
    .where('exercise', 'is', null)
    .execute();
  const last = new Map<string, number>(
    closed.map(({ subject, lastAtMs }) => [subject, Number(lastAtMs ?? 0)]),
  );
  for (const { subject } of open) last.set(subject, Infinity);
  return last;
}
