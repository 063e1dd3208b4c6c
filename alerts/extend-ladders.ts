// Alerts of level 1 that were opened when ladders still had an end: their last rung becomes one that is climbed
// again and again, as it is frozen into every alert since. Done at the start; an alert that has it is left as it is.

import { assert } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { epochMs, type Clock } from '../core/time.ts';
import type { Records, RecordsTransaction } from '../warehouse/records.ts';
import type { AlertTable, EscalationTable } from '../warehouse/records-schema.ts';
import { acknowledgedSides, loadPolicy } from './acknowledge.ts';
import { nextRound } from './escalation.ts';
import { recipientsColumn, writeRungs } from './escalation-store.ts';
import { EVENT_TURN } from './events.ts';
import { LEVEL_TABLE, type LevelTable } from './level-table.ts';
import { STEPS_OF_CORRECTION } from './notify.ts';
import { stillAwaited } from './policy.ts';

export type ExtendDeps = {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Defaults when left out. */
  readonly levels?: LevelTable | undefined;
};

/** Extends what has to be; gives how many alerts that were. */
export async function extendLadders(deps: ExtendDeps): Promise<number> {
  const { records, logger, levels = LEVEL_TABLE } = deps;
  const everyMs = levels[1].ladder.at(-1)?.everyMs;
  assert(everyMs !== undefined, 'the ladder of level 1 has no end');
  const extended = await records.transaction(async (trx) => {
    await records.takeTurn(trx, EVENT_TURN);
    let alerts = 0;
    for (const alert of await openGraves(trx)) {
      if (await extend(trx, alert, { everyMs, nowAtMs: deps.clock.now() })) alerts++;
    }
    return alerts;
  });
  if (extended > 0) logger.info('alerts.ladders-extended', { alerts: extended });
  return extended;
}

/** What a silence hides is routed anew when it ends, and its ladder with it. */
const openGraves = (trx: RecordsTransaction): Promise<AlertTable[]> =>
  trx
    .selectFrom('alert')
    .selectAll()
    .where('level', '=', 1)
    .where('status', '=', 'new')
    .where('withdrawnAtMs', 'is', null)
    .where('silencedBy', 'is', null)
    .where('exercise', 'is', null)
    .orderBy('id')
    .execute();

async function extend(
  trx: RecordsTransaction,
  alert: AlertTable,
  { everyMs, nowAtMs }: { everyMs: number; nowAtMs: number },
): Promise<boolean> {
  const rungs = await trx
    .selectFrom('escalation')
    .selectAll()
    .where('alertId', '=', alert.id)
    .where('step', '>=', alert.corrections * STEPS_OF_CORRECTION)
    .where('step', '<', (alert.corrections + 1) * STEPS_OF_CORRECTION)
    .orderBy('step')
    .execute();
  const awaited = stillAwaited(
    await loadPolicy(trx, alert.id),
    await acknowledgedSides(trx, alert.id),
  );
  let isExtended = false;
  for (const side of awaited) {
    const own = rungs.filter((rung) => rung.side === side);
    const last = own.at(-1);
    // Late facts are followed quietly, by a ladder that ends.
    if (!last || last.channel === 'push' || own.some((rung) => rung.everyMs !== null)) continue;
    if (await goOn(trx, last, { everyMs, nowAtMs })) isExtended = true;
  }
  return isExtended;
}

/** A rung still to come repeats from then on; of one that was climbed the next round is written. */
async function goOn(
  trx: RecordsTransaction,
  last: EscalationTable,
  { everyMs, nowAtMs }: { everyMs: number; nowAtMs: number },
): Promise<boolean> {
  const { state, doneAtMs: _doneAtMs, ...rung } = last;
  if (state === 'moot') return false;
  await trx.updateTable('escalation').set({ everyMs }).where('id', '=', rung.id).execute();
  if (state === 'waiting') return true;
  const recipients = recipientsColumn.decode(rung.recipients);
  await writeRungs(trx, [nextRound({ ...rung, recipients, everyMs }, epochMs(nowAtMs))]);
  return true;
}
