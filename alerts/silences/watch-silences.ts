// What time does to silences: one that takes effect hides what is open, where that was said; one that is
// over has all it hid told as new. Alerts, events, notices and what became of the silence are one
// transaction, so a crash between loses nothing and tells nobody twice.

import type { EpochMs } from '../../core/time.ts';
import type { RecordsTransaction } from '../../warehouse/records.ts';
import type { AlertTable } from '../../warehouse/records-schema.ts';
import { acknowledgedSides, cancelWaiting } from '../acknowledge.ts';
import { KNOWN_COLUMNS, writeEffects } from '../alert-store.ts';
import type { ConsumeDeps } from '../consume.ts';
import { hide, type RouteContext } from '../decide-route.ts';
import { EVENT_TURN, PIPELINE_ACTOR } from '../events.ts';
import { STEPS_OF_CORRECTION, type NotifyOptions } from '../notify.ts';
import { PLAIN_ROUTING } from '../routing/routing-plan.ts';
import { EMPTY_STATE, type Effect } from '../subject-state.ts';
import { release } from './release.ts';
import { beginsAtMs, covers, stateOf, type Silence } from './silence.ts';
import { addAct, findSilence, loadLiveSilences, loadUnsettledSilences } from './silence-store.ts';

export type WatchSilencesDeps = Pick<
  ConsumeDeps,
  'records' | 'clock' | 'logger' | 'dutyOfficers' | 'routing' | 'onChanged'
>;

/** Alerts of one transaction: the longest other work waits for it. */
const ALERTS_MAX = 100;

/** Does what is due; gives how much there was. */
export async function watchSilences(
  deps: WatchSilencesDeps,
  options: NotifyOptions,
): Promise<number> {
  const silences = await loadUnsettledSilences(deps.records.db);
  let done = 0;
  for (const { id } of silences.filter((silence) => isDue(silence, deps.clock.now()))) {
    done += await settle(deps, id, options);
  }
  return done;
}

function isDue(silence: Silence, nowAtMs: number): boolean {
  const state = stateOf(silence, nowAtMs);
  if (state === 'active') return silence.acts.began === undefined;
  return state === 'ended' || state === 'expired' || state === 'lapsed';
}

type Settled = { readonly alertIds: readonly string[]; readonly act?: 'began' | 'over' };

async function settle(deps: WatchSilencesDeps, id: string, options: NotifyOptions) {
  const { records, clock, logger } = deps;
  const { alertIds, act } = await records.transaction(async (trx): Promise<Settled> => {
    await records.takeTurn(trx, EVENT_TURN);
    const silence = await findSilence(trx, id);
    const nowAtMs = clock.now();
    // Another program may have been here, and a person may have ended it meanwhile.
    if (!silence || silence.acts.over || !isDue(silence, nowAtMs)) return { alertIds: [] };
    const kind = stateOf(silence, nowAtMs) === 'active' ? 'began' : 'over';
    const touched =
      kind === 'began'
        ? await begin(trx, silence, nowAtMs)
        : await releaseSome(deps, trx, { silence, nowAtMs, options });
    if (touched.length >= ALERTS_MAX) return { alertIds: touched };
    await addAct(trx, { silenceId: id, kind, actor: PIPELINE_ACTOR, reason: '', atMs: nowAtMs });
    return { alertIds: touched, act: kind };
  });
  if (alertIds.length > 0) deps.onChanged(alertIds);
  if (act) logger.info(`alerts.silence-${act}`, { silenceId: id, alerts: alertIds.length });
  return alertIds.length + (act ? 1 : 0);
}

/** Hides what was open before it took effect and tells nobody from now on; nobody has it yet. */
async function begin(
  trx: RecordsTransaction,
  silence: Silence,
  nowAtMs: EpochMs,
): Promise<string[]> {
  const beginsMs = beginsAtMs(silence);
  if (!silence.coversOpen || beginsMs === undefined) return [];
  const open = await trx
    .selectFrom('alert')
    .select(KNOWN_COLUMNS)
    .where('status', '=', 'new')
    .where('withdrawnAtMs', 'is', null)
    .where('silencedBy', 'is', null)
    .where('level', 'in', silence.matcher.levels)
    .where('recordedAtMs', '<=', nowAtMs)
    .orderBy('id')
    .execute();
  const hidden = open.filter((alert) => covers(silence, alert)).slice(0, ALERTS_MAX);
  const effects = hidden.flatMap((alert): readonly Effect[] => [
    { kind: 'change', alertId: alert.id, change: { silencedBy: silence.id } },
    ...hide(alert, silence, {
      atMs: nowAtMs,
      step: alert.corrections * STEPS_OF_CORRECTION,
      isUnderWay: true,
    }),
  ]);
  await writeEffects(trx, effects);
  for (const { id } of hidden) await cancelWaiting(trx, id);
  return hidden.map(({ id }) => id);
}

async function releaseSome(
  deps: WatchSilencesDeps,
  trx: RecordsTransaction,
  of: { silence: Silence; nowAtMs: EpochMs; options: NotifyOptions },
): Promise<string[]> {
  const { silence, nowAtMs, options } = of;
  const rows = await trx
    .selectFrom('alert')
    .selectAll()
    .where('silencedBy', '=', silence.id)
    // The gravest are told first.
    .orderBy('level')
    .orderBy('openedAtMs')
    .orderBy('id')
    .limit(ALERTS_MAX)
    .execute();
  if (rows.length === 0) return [];
  const context: RouteContext = {
    nowAtMs,
    roster: await deps.dutyOfficers.read(trx, nowAtMs),
    routing: deps.routing ?? { plan: PLAIN_ROUTING, calendar: undefined },
    silences: await loadLiveSilences(trx, nowAtMs),
    options,
  };
  for (const row of rows) {
    const others = await openOfSubject(trx, row);
    const acknowledged = await acknowledgedSides(trx, row.id);
    await writeEffects(
      trx,
      release(row, {
        ...context,
        silence,
        acknowledged,
        state: { ...EMPTY_STATE, alerts: others },
      }),
    );
  }
  return rows.map(({ id }) => id);
}

const openOfSubject = (trx: RecordsTransaction, { subject }: AlertTable) =>
  trx
    .selectFrom('alert')
    .select(KNOWN_COLUMNS)
    .where('subject', '=', subject)
    .where('status', '!=', 'closed')
    .orderBy('id')
    .execute();
