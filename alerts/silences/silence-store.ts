// Silences in the records: rows that are only ever added to.

import { contentId } from '../../core/ids.ts';
import type { EpochMs } from '../../core/time.ts';
import { jsonColumn } from '../../warehouse/json-column.ts';
import type { RecordsDb, RecordsTransaction } from '../../warehouse/records.ts';
import {
  flag,
  type SilenceActKind,
  type SilenceActTable,
  type SilenceTable,
} from '../../warehouse/records-schema.ts';
import { silenceMatcherSchema, type Silence } from './silence.ts';

type Db = RecordsDb | RecordsTransaction;

const matcherColumn = jsonColumn(silenceMatcherSchema);

/** Silences that could hide something at `nowAtMs` or later; what is over is not among them. */
export async function loadLiveSilences(db: Db, nowAtMs: EpochMs): Promise<Silence[]> {
  const rows = await db
    .selectFrom('silence')
    .selectAll()
    .where('untilMs', '>', nowAtMs)
    .orderBy('id')
    .execute();
  return withActs(db, rows);
}

/** Those whose end has not been dealt with, which are few: see watch-silences.ts. */
export async function loadUnsettledSilences(db: Db): Promise<Silence[]> {
  const rows = await db
    .selectFrom('silence')
    .selectAll()
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('silenceAct')
            .select('silenceAct.id')
            .whereRef('silenceAct.silenceId', '=', 'silence.id')
            .where('silenceAct.kind', '=', 'over'),
        ),
      ),
    )
    .orderBy('id')
    .execute();
  return withActs(db, rows);
}

/** The newest first. */
export async function listSilences(db: Db, silencesMax: number): Promise<Silence[]> {
  const rows = await db
    .selectFrom('silence')
    .selectAll()
    .orderBy('createdAtMs', 'desc')
    .orderBy('id')
    .limit(silencesMax)
    .execute();
  return withActs(db, rows);
}

export async function findSilence(db: Db, id: string): Promise<Silence | undefined> {
  const rows = await db.selectFrom('silence').selectAll().where('id', '=', id).execute();
  return (await withActs(db, rows))[0];
}

/** Adds a silence; saying the same again at the same instant changes nothing. Gives its id. */
export async function addSilence(
  trx: RecordsTransaction,
  silence: Omit<Silence, 'id' | 'acts'>,
): Promise<string> {
  const { matcher, coversOpen, needsApproval, ...rest } = silence;
  const body = matcherColumn.encode(matcher);
  const { author, fromMs, untilMs, createdAtMs } = rest;
  const id = contentId('si', [author, body, fromMs, untilMs, flag(coversOpen), createdAtMs]);
  await trx
    .insertInto('silence')
    .values({
      ...rest,
      id,
      matcher: body,
      coversOpen: flag(coversOpen),
      needsApproval: flag(needsApproval),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return id;
}

/** Adds what became of a silence; each kind once, the first counts. */
export async function addAct(
  trx: RecordsTransaction,
  act: Omit<SilenceActTable, 'id'>,
): Promise<void> {
  await trx
    .insertInto('silenceAct')
    .values({ ...act, id: actId(act.silenceId, act.kind) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

const actId = (silenceId: string, kind: SilenceActKind) => contentId('sa', [silenceId, kind]);

/** Notes which alerts a silence hid; again changes nothing. */
export async function addSilenced(
  trx: RecordsTransaction,
  silenced: { readonly silenceId: string; readonly alertId: string; readonly atMs: EpochMs },
): Promise<void> {
  await trx
    .insertInto('silencedAlert')
    .values(silenced)
    .onConflict((conflict) => conflict.columns(['silenceId', 'alertId']).doNothing())
    .execute();
}

async function withActs(db: Db, rows: readonly SilenceTable[]): Promise<Silence[]> {
  if (rows.length === 0) return [];
  const acts = await db
    .selectFrom('silenceAct')
    .selectAll()
    .where(
      'silenceId',
      'in',
      rows.map(({ id }) => id),
    )
    .execute();
  return rows.map(({ matcher, coversOpen, needsApproval, ...row }) => ({
    ...row,
    matcher: matcherColumn.decode(matcher),
    coversOpen: coversOpen === 1,
    needsApproval: needsApproval === 1,
    acts: Object.fromEntries(
      acts
        .filter(({ silenceId }) => silenceId === row.id)
        .map(({ kind, actor, reason, atMs }) => [kind, { actor, reason, atMs }]),
    ),
  }));
}
