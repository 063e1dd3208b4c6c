// Between the pipeline and the records: loads what is known of the persons a batch of findings is about, and
// writes the effects. Both run inside the transaction that also moves the consumer's offset.

import { findingSchema, type Finding, type SuppressedFinding } from '../core/finding.ts';
import type { SubjectKey } from '../core/subject.ts';
import { epochMs } from '../core/time.ts';
import { jsonColumn } from '../warehouse/json-column.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type { AlertRaiseTable } from '../warehouse/records-schema.ts';
import { writeCorrections } from './correction-store.ts';
import { writeRungs } from './escalation-store.ts';
import { writeEvents } from './events.ts';
import { writeNotices } from './outbox.ts';
import type { RecentRaise } from './repeats.ts';
import { addSilenced } from './silences/silence-store.ts';
import {
  EMPTY_STATE,
  type Effect,
  type KnownAlert,
  type SubjectState,
  type Told,
} from './subject-state.ts';
import { taskOfCorrection } from './tasks/task-store.ts';

export type SubjectStates = Map<SubjectKey, SubjectState>;

/** Rows of one statement: SQLite binds at most 32,766 values. */
const ROWS_MAX = 500;

/** What a step looks at of an alert. */
export const KNOWN_COLUMNS = [
  'id',
  'ruleId',
  'level',
  'subject',
  'subjectClass',
  'region',
  'late',
  'status',
  'openedAtMs',
  'clearedAtMs',
  'repeats',
  'lastRepeatAtMs',
  'episodeId',
  'titleZh',
  'titleEn',
  'article',
  'acknowledgedAtMs',
  'withdrawnAtMs',
  'corrections',
  'correctedBecause',
  'silencedBy',
  'reroutedBecause',
  'repeatsRaisedAtMs',
  'exercise',
  'groupTerms',
] as const;

/**
 * The state of every person the findings are about; `toldSinceMs` bounds how far back notices matter,
 * `repeatsMs` how far back of each instant repeats are counted.
 */
export async function loadStates(
  trx: RecordsTransaction,
  findings: readonly Finding[],
  { toldSinceMs, repeatsMs }: { toldSinceMs: number; repeatsMs: number },
): Promise<SubjectStates> {
  const acting = findings.filter((finding) => finding.kind !== 'suppressed');
  const subjects = [...new Set(acting.map(({ subject }) => subject))];
  const raiseIds = [...new Set(acting.map(({ alertId }) => alertId))];
  const referred = await inChunks(raiseIds, (ids) =>
    trx.selectFrom('alertRaise').select('alertId').where('id', 'in', ids).execute(),
  );
  const referredIds = [...new Set(referred.map(({ alertId }) => alertId))];
  const alerts = lastById([
    ...(await inChunks(subjects, (chunk) =>
      trx
        .selectFrom('alert')
        .select(KNOWN_COLUMNS)
        .where('subject', 'in', chunk)
        .where('status', '!=', 'closed')
        .execute(),
    )),
    ...(await inChunks(referredIds, (chunk) =>
      trx.selectFrom('alert').select(KNOWN_COLUMNS).where('id', 'in', chunk).execute(),
    )),
  ]);
  const raises = await inChunks(
    alerts.map(({ id }) => id),
    (ids) => trx.selectFrom('alertRaise').selectAll().where('alertId', 'in', ids).execute(),
  );
  const told = await loadTold(trx, subjects, toldSinceMs);
  const recent = await loadRecent(trx, subjects, oldestCounted(acting, alerts) - repeatsMs);
  return statesOf(subjects, { alerts, raises, told, recent });
}

/** Writes what the steps put out, in the order rows refer to each other. The turn for events is taken. */
export async function writeEffects(
  trx: RecordsTransaction,
  effects: readonly Effect[],
): Promise<void> {
  const of = <Kind extends Effect['kind']>(kind: Kind) =>
    effects.filter((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind);
  await insertChunks(
    of('open').map(({ alert }) => alert),
    (rows) => trx.insertInto('alert').values(rows).execute(),
  );
  for (const { alertId, change } of of('change')) {
    await trx.updateTable('alert').set(change).where('id', '=', alertId).execute();
  }
  await insertChunks(lastById(of('raise').map(({ raise }) => raise)), (rows) =>
    trx
      .insertInto('alertRaise')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          clearedAtMs: eb.ref('excluded.clearedAtMs'),
          level: eb.ref('excluded.level'),
          withdrawnAtMs: eb.ref('excluded.withdrawnAtMs'),
          correctedAtMs: eb.ref('excluded.correctedAtMs'),
          correctionId: eb.ref('excluded.correctionId'),
        })),
      )
      .execute(),
  );
  await writeEvents(
    trx,
    of('event').map(({ event }) => event),
  );
  for (const { event } of of('event')) {
    if (event.kind === 'corrected') await taskOfCorrection(trx, event);
  }
  await writeNotices(
    trx,
    of('notice').map(({ notice }) => notice),
  );
  await writeCorrections(trx, effects);
  await writeRungs(
    trx,
    of('rung').map(({ rung }) => rung),
  );
  for (const { silenced } of of('silenced')) await addSilenced(trx, silenced);
  await insertChunks(
    of('suppressed').map(({ finding }) => suppressedRow(finding)),
    (rows) =>
      trx
        .insertInto('suppressedFinding')
        .values(rows)
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute(),
  );
}

async function loadTold(
  trx: RecordsTransaction,
  subjects: readonly SubjectKey[],
  sinceMs: number,
): Promise<(Told & { subject: SubjectKey })[]> {
  return inChunks(subjects, (chunk) =>
    trx
      .selectFrom('alert')
      .innerJoin('outbox', 'outbox.alertId', 'alert.id')
      .select([
        'alert.subject',
        'alert.episodeId',
        'alert.level',
        'outbox.recipient',
        'outbox.createdAtMs as atMs',
      ])
      .where('alert.subject', 'in', chunk)
      .where('outbox.createdAtMs', '>', epochMs(sinceMs))
      .where('outbox.channel', '!=', 'push')
      .where('outbox.state', 'not in', ['failed', 'cancelled'])
      .execute(),
  );
}

/** The earliest instant around which repeats may be counted for these findings. */
const oldestCounted = (
  findings: readonly { readonly atMs: number }[],
  alerts: readonly KnownAlert[],
): number =>
  Math.min(
    ...findings.map(({ atMs }) => atMs),
    ...alerts.flatMap(({ repeatsRaisedAtMs }) => repeatsRaisedAtMs ?? []),
  );

async function loadRecent(
  trx: RecordsTransaction,
  subjects: readonly SubjectKey[],
  sinceMs: number,
): Promise<(RecentRaise & { subject: SubjectKey })[]> {
  return inChunks(subjects, (chunk) =>
    trx
      .selectFrom('alert')
      .innerJoin('alertRaise', 'alertRaise.alertId', 'alert.id')
      .select([
        'alert.subject',
        'alert.ruleId',
        'alertRaise.id',
        'alertRaise.openedAtMs',
        'alertRaise.withdrawnAtMs',
      ])
      .where('alert.subject', 'in', chunk)
      .where('alertRaise.openedAtMs', '>', epochMs(sinceMs))
      .execute(),
  );
}

function statesOf(
  subjects: readonly SubjectKey[],
  rows: {
    alerts: readonly KnownAlert[];
    raises: readonly AlertRaiseTable[];
    told: readonly (Told & { subject: SubjectKey })[];
    recent: readonly (RecentRaise & { subject: SubjectKey })[];
  },
): SubjectStates {
  const alertsBySubject = Map.groupBy(rows.alerts, ({ subject }) => subject);
  const raisesByAlert = Map.groupBy(rows.raises, ({ alertId }) => alertId);
  const toldBySubject = Map.groupBy(rows.told, ({ subject }) => subject);
  const recentBySubject = Map.groupBy(rows.recent, ({ subject }) => subject);
  return new Map(
    subjects.map((subject) => {
      const alerts = alertsBySubject.get(subject) ?? [];
      const raises = alerts.flatMap(({ id }) => raisesByAlert.get(id) ?? []);
      const told = toldBySubject.get(subject) ?? [];
      const recent = recentBySubject.get(subject) ?? [];
      return [subject, { ...EMPTY_STATE, alerts, raises, told, recent }];
    }),
  );
}

const suppressedColumn = jsonColumn(findingSchema);

const suppressedRow = (finding: SuppressedFinding) => ({
  id: finding.id,
  ruleId: finding.ruleId,
  ruleVersion: finding.ruleVersion,
  subject: finding.subject,
  subjectClass: finding.subjectClass,
  region: finding.region,
  atMs: finding.atMs,
  because: finding.because,
  reference: finding.reference ?? null,
  body: suppressedColumn.encode(finding),
});

async function inChunks<Key, Row>(
  keys: readonly Key[],
  select: (chunk: Key[]) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < keys.length; at += ROWS_MAX) {
    rows.push(...(await select(keys.slice(at, at + ROWS_MAX))));
  }
  return rows;
}

async function insertChunks<Row>(
  rows: readonly Row[],
  insert: (chunk: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_MAX) await insert(rows.slice(at, at + ROWS_MAX));
}

/** One row for each id, the last one given: a statement may touch a row only once. */
const lastById = <Row extends { id: string }>(rows: readonly Row[]): Row[] => [
  ...new Map(rows.map((row) => [row.id, row])).values(),
];
