// Writes corrections: what was found, which notices are not needed any more, and who has to hear of it.
// Whom to tell is decided here and not in the step: only the rows say what went out by now.

import { correctedFindingSchema, type CorrectedFinding } from '../core/finding.ts';
import type { EpochMs } from '../core/time.ts';
import { contentId } from '../core/ids.ts';
import { jsonColumn } from '../warehouse/json-column.ts';
import type { RecordsDb, RecordsTransaction } from '../warehouse/records.ts';
import { TASK_STEPS } from './notify.ts';
import { writeNotices } from './outbox.ts';
import type { Effect, NewNotice, Telling } from './subject-state.ts';

const correctionColumn = jsonColumn(correctedFindingSchema);

export type AlertCorrection = Pick<
  CorrectedFinding,
  'id' | 'outcome' | 'was' | 'wasLevel' | 'level' | 'article' | 'because' | 'evidence' | 'values'
> & {
  /** From when on it could be known. */
  readonly atMs: EpochMs;
  /** The finding it corrects: the alert's own, or one merged into it. */
  readonly raiseId: string;
};

/** What turned out about an alert, the oldest first. */
export async function loadCorrections(
  db: RecordsDb | RecordsTransaction,
  alertId: string,
): Promise<AlertCorrection[]> {
  const rows = await db
    .selectFrom('alertCorrection')
    .select('body')
    .where('alertId', '=', alertId)
    .orderBy('atMs')
    .orderBy('id')
    .execute();
  return rows.map(({ body }) => {
    const {
      id,
      alertId: raiseId,
      outcome,
      was,
      wasLevel,
      level,
      article,
      because,
      ...rest
    } = correctionColumn.decode(body);
    const { atMs, evidence, values } = rest;
    return { id, raiseId, outcome, was, wasLevel, level, article, because, atMs, evidence, values };
  });
}

/** Does what corrections ask for, in their order. Notices of the same turn are written before. */
export async function writeCorrections(
  trx: RecordsTransaction,
  effects: readonly Effect[],
): Promise<void> {
  for (const effect of effects) {
    if (effect.kind === 'correction') await writeCorrection(trx, effect);
    else if (effect.kind === 'take-back') await takeBack(trx, effect);
    else if (effect.kind === 'tell') await tell(trx, effect.telling);
  }
}

async function writeCorrection(
  trx: RecordsTransaction,
  { alertId, finding }: Extract<Effect, { kind: 'correction' }>,
): Promise<void> {
  const { id, alertId: raiseId, outcome, atMs } = finding;
  await trx
    .insertInto('alertCorrection')
    .values({ id, alertId, raiseId, outcome, atMs, body: correctionColumn.encode(finding) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** Notices of earlier steps that no sender has picked up say what is not true any more. */
async function takeBack(
  trx: RecordsTransaction,
  { alertId, step }: Extract<Effect, { kind: 'take-back' }>,
): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ state: 'cancelled' })
    .where('alertId', '=', alertId)
    .where('state', '=', 'waiting')
    .where('step', '<', step)
    .execute();
}

/**
 * By push everyone who was told anything, a task too; by SMS who was called or texted. Nobody is called. What
 * nobody had been fetched for by then, and still stands, goes out like a new alert of its level.
 */
async function tell(
  trx: RecordsTransaction,
  { alertId, step, sms, push, createdAtMs, ifUntold }: Telling,
): Promise<void> {
  const told = await trx
    .selectFrom('outbox')
    .select(['recipient', 'channel'])
    .where('alertId', '=', alertId)
    .where((eb) => eb.or([eb('step', '<', step), eb('step', '>=', TASK_STEPS)]))
    .where((eb) =>
      eb.or([eb('sentAtMs', 'is not', null), eb('state', 'in', ['sending', 'uncertain'])]),
    )
    .execute();
  const recipients = [...new Set(told.map(({ recipient }) => recipient))].sort();
  const fetched = new Set(
    told.filter(({ channel }) => channel !== 'push').map(({ recipient }) => recipient),
  );
  await writeNotices(trx, [
    ...recipients.flatMap((recipient): NewNotice[] => {
      const notice = (channel: 'sms' | 'push', { zh, en }: Telling['sms']): NewNotice => ({
        id: contentId('nt', [alertId, step, recipient, channel]),
        alertId,
        step,
        channel,
        recipient,
        textZh: zh,
        textEn: en,
        createdAtMs,
      });
      return [...(fetched.has(recipient) ? [notice('sms', sms)] : []), notice('push', push)];
    }),
    ...(fetched.size === 0 ? ifUntold : []),
  ]);
}
