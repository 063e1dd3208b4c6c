// What a look is judged by that lies before it: how often the same reader looked at the same person, whether they
// ever had something to do about them, and whether they came from a device they were not known on. The trail says
// it all; as its records never change, the same is read however often.

import { HOUR_MS } from '../../core/local-time.ts';
import type { AuditRecord } from '../../security/audit/record-format.ts';
import { decodeRecord } from '../../security/audit/record-format.ts';
import type { RecordsDb } from '../../warehouse/records.ts';

export type LookBackTimes = {
  /** Looks at the same person count for so long. */
  readonly againWithinMs: number;
  /** A device is new for so long after the first sign-in on it. */
  readonly newDeviceForMs: number;
};

export type Before = {
  /** One look of each of the hours in which there were some, the newest first. */
  readonly earlier: readonly number[];
  readonly sinceMs: number | undefined;
  readonly hoursBefore: number;
  readonly handled: boolean;
  readonly newDevice: boolean;
};

/** Looks at one person that somebody asks for; lists come by themselves. */
const LOOKS: ReadonlySet<string> = new Set([
  'alert.look',
  'person.track',
  'person.past-day',
  'person.why-not',
  'held.read',
  'identity.reveal',
]);

/** Acts of somebody whose work the person is. */
const HANDLES: ReadonlySet<string> = new Set([
  'alert.acknowledge',
  'alert.feedback',
  'alert.close',
  'alert.assign',
  'alert.hand-over',
  'alert.accept',
  'alert.photo-add',
  'alert.reopen',
  'alert.objection',
  'alert.objection-decide',
  'basis.propose',
  'basis.confirm',
  'basis.lift',
]);

/** So many hours are told apart. */
const HOURS_MAX = 40;

/** So many records are looked at for one look. */
const READ_MAX = 1_000;

export const NOTHING_BEFORE: Before = {
  earlier: [],
  sinceMs: undefined,
  hoursBefore: 0,
  handled: false,
  newDevice: false,
};

export async function lookBack(
  db: RecordsDb,
  record: AuditRecord,
  { againWithinMs, newDeviceForMs }: LookBackTimes,
): Promise<Before> {
  const { action, outcome, subjects } = record;
  if (outcome !== 'done' || subjects.length !== 1 || !LOOKS.has(action)) return NOTHING_BEFORE;
  const newDevice =
    action === 'identity.reveal' && (await isOnNewDevice(db, record, newDeviceForMs));
  return { ...(await looksBefore(db, record, againWithinMs)), newDevice };
}

async function looksBefore(
  db: RecordsDb,
  { actor, position, atMs, subjects }: AuditRecord,
  withinMs: number,
): Promise<Omit<Before, 'newDevice'>> {
  const rows = await db
    .selectFrom('auditSubject')
    .innerJoin('auditRecord', 'auditRecord.position', 'auditSubject.position')
    .select(['auditRecord.position', 'auditRecord.action', 'auditRecord.atMs'])
    .where('auditSubject.subject', '=', subjects[0] as never)
    .where('auditSubject.position', '<', position)
    .where('auditRecord.actor', '=', actor)
    .where('auditRecord.outcome', '=', 'done')
    .where('auditRecord.atMs', '>', (atMs - withinMs) as never)
    .orderBy('auditRecord.position', 'desc')
    .limit(READ_MAX)
    .execute();
  const hourOf = (instantMs: number) => Math.floor(instantMs / HOUR_MS);
  const byHour = new Map<number, { position: number; atMs: number }>();
  for (const row of rows) {
    const hour = hourOf(row.atMs);
    if (!LOOKS.has(row.action) || hour === hourOf(atMs) || byHour.has(hour)) continue;
    if (byHour.size < HOURS_MAX) byHour.set(hour, row);
  }
  const looks = [...byHour.values()];
  return {
    earlier: looks.map((look) => look.position),
    sinceMs: looks.length === 0 ? undefined : Math.min(...looks.map((look) => look.atMs)),
    hoursBefore: looks.length,
    handled: rows.some((row) => HANDLES.has(row.action)),
  };
}

async function isOnNewDevice(
  db: RecordsDb,
  { actor, position, atMs }: AuditRecord,
  forMs: number,
): Promise<boolean> {
  const rows = await db
    .selectFrom('auditRecord')
    .select('body')
    .where('actor', '=', actor)
    .where('position', '<', position)
    .where('action', '=', 'session.sign-in')
    .where('outcome', '=', 'done')
    .where('atMs', '>', (atMs - forMs) as never)
    .limit(READ_MAX)
    .execute();
  return rows.some(({ body }) => decodeRecord(body)?.detail['newDevice'] === true);
}
