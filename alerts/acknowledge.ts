// An officer says "I have it": on the console, by keypad, by reply. Level 1 counts as acknowledged when each
// side that was told has said so. Whoever acknowledges stops the notices that are still to go out.

import { assert } from '../core/errors.ts';
import type { EpochMs } from '../core/time.ts';
import type { RecordsTransaction } from '../warehouse/records.ts';
import type {
  AlertStatus,
  AlertTable,
  ChannelKind,
  OutboxTable,
} from '../warehouse/records-schema.ts';
import type { RegionCode } from '../core/region.ts';
import type { TaskPeriods } from '../warehouse/records-tasks.ts';
import { countAct } from './desk-act.ts';
import { alertEvent, eventColumn, eventId, writeEvents } from './events.ts';
import { SIDES, type Side } from './level-table.ts';
import { findPerson } from './names.ts';
import { OBJECTION_STEPS, STEPS_OF_CORRECTION, TASK_STEPS } from './notify.ts';
import { isRouting, policyOf, stillAwaited, type Policy } from './policy.ts';
import { sideOf } from './route.ts';
import { ANSWER_DEFAULTS } from './tasks/task-options.ts';
import { taskOfAcknowledgement } from './tasks/task-store.ts';

export type Acknowledgement = {
  /** An account id, or the id of the officer who answered a notice. */
  readonly actor: string;
  /** The bureau the actor serves. */
  readonly bureau: RegionCode;
  readonly side: Side;
  readonly via: 'console' | ChannelKind;
  readonly note: string;
  readonly atMs: EpochMs;
  /** Of the task that begins with it; defaults when left out. */
  readonly periods?: TaskPeriods | undefined;
};

export type AcknowledgeOutcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'partial'; readonly awaiting: readonly Side[] }
  | { readonly kind: 'refused'; readonly because: 'closed' | 'acknowledged' | 'side-acknowledged' };

/** What an acknowledgement of `side` does to an alert for which the sides in `given` have spoken. */
export function decideAcknowledgement(
  status: AlertStatus,
  policy: Policy,
  given: readonly Side[],
  side: Side,
): AcknowledgeOutcome {
  if (status !== 'new') return { kind: 'refused', because: status };
  if (given.includes(side)) return { kind: 'refused', because: 'side-acknowledged' };
  const awaiting = stillAwaited(policy, [...given, side]);
  return awaiting.length === 0 ? { kind: 'complete' } : { kind: 'partial', awaiting };
}

/** Writes an acknowledgement with its event and the task that begins with it. The turn for events is taken, the alert exists. */
export async function acknowledge(
  trx: RecordsTransaction,
  alert: AlertTable,
  acknowledgement: Acknowledgement,
): Promise<AcknowledgeOutcome> {
  const { actor, bureau, side, via, note, atMs, periods = ANSWER_DEFAULTS } = acknowledgement;
  const policy = await loadPolicy(trx, alert.id);
  const given = await acknowledgedSides(trx, alert.id);
  const outcome = decideAcknowledgement(alert.status, policy, given, side);
  if (outcome.kind === 'refused') return outcome;
  const kind = outcome.kind === 'complete' ? 'acknowledged' : 'answered';
  const person = (await findPerson(trx, actor)) ?? { id: actor, bureau };
  const { dueAtMs } = await taskOfAcknowledgement(trx, alert, {
    person,
    givenBy: actor,
    atMs,
    periods,
  });
  const details = { side, via, dueAtMs, ...(note === '' ? {} : { note }) };
  await countAct(trx, alert.id);
  await writeEvents(trx, [alertEvent(alert, { kind, key: [side], atMs, actor, details })]);
  if (outcome.kind === 'complete') {
    await trx
      .updateTable('alert')
      .set({ status: 'acknowledged', acknowledgedAtMs: atMs, acknowledgedBy: actor })
      .where('id', '=', alert.id)
      .execute();
    await cancelWaiting(trx, alert.id);
  } else {
    await cancelWaitingOfSide(trx, alert, side);
  }
  return outcome;
}

/** The policy frozen when the alert opened, or when it was routed anew. */
export async function loadPolicy(db: RecordsTransaction, alertId: string): Promise<Policy> {
  const rows = await db
    .selectFrom('alertEvent')
    .select('body')
    .where('alertId', '=', alertId)
    .where('kind', 'in', ['opened', 'corrected', 'regraded', 'unsilenced'])
    .orderBy('seq', 'desc')
    .execute();
  const routed = rows.map(({ body }) => eventColumn.decode(body)).find(isRouting);
  assert(routed, 'an alert is opened with an event');
  return policyOf(routed);
}

/** The sides that have acknowledged so far. */
export async function acknowledgedSides(db: RecordsTransaction, alertId: string): Promise<Side[]> {
  const ids = new Map(
    SIDES.flatMap((side) =>
      (['answered', 'acknowledged'] as const).map((kind) => [eventId(alertId, kind, [side]), side]),
    ),
  );
  const rows = await db
    .selectFrom('alertEvent')
    .select('id')
    .where('id', 'in', [...ids.keys()])
    .execute();
  return SIDES.filter((side) => rows.some(({ id }) => ids.get(id) === side));
}

/**
 * True when a notice need not go out any more: the alert, or the officer's side, is taken, a silence hides
 * it, or a correction has made it untrue. What a correction has to say goes out whoever has the alert; it never says it by
 * telephone.
 */
export async function isTaken(
  trx: RecordsTransaction,
  {
    alertId,
    channel,
    recipient,
    step,
  }: Pick<OutboxTable, 'alertId' | 'channel' | 'recipient' | 'step'>,
): Promise<boolean> {
  const alert = await trx
    .selectFrom('alert')
    .select(['status', 'region', 'corrections', 'withdrawnAtMs', 'silencedBy', 'reroutedBecause'])
    .where('id', '=', alertId)
    .executeTakeFirstOrThrow();
  if (step >= OBJECTION_STEPS) return false;
  if (step >= TASK_STEPS) return alert.status === 'closed' || alert.withdrawnAtMs !== null;
  const corrections = Math.floor(step / STEPS_OF_CORRECTION);
  if (corrections < alert.corrections || alert.silencedBy !== null) return true;
  const tellsCorrection = corrections > 0 && alert.reroutedBecause !== 'silence-over';
  if (tellsCorrection && step % STEPS_OF_CORRECTION === 0 && channel !== 'phone') return false;
  if (alert.status !== 'new' || alert.withdrawnAtMs !== null) return true;
  const officer = await trx
    .selectFrom('officer')
    .select('region')
    .where('id', '=', recipient)
    .executeTakeFirst();
  if (!officer) return false;
  const given = await acknowledgedSides(trx, alertId);
  return given.includes(sideOf(officer.region, alert.region));
}

/** Takes back the alarms of an alert that no sender has picked up yet; notices about tasks stay. */
export async function cancelWaiting(trx: RecordsTransaction, alertId: string): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ state: 'cancelled' })
    .where('alertId', '=', alertId)
    .where('step', '<', TASK_STEPS)
    .where('state', '=', 'waiting')
    .execute();
}

async function cancelWaitingOfSide(
  trx: RecordsTransaction,
  { id, region }: AlertTable,
  side: Side,
): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ state: 'cancelled' })
    .where('alertId', '=', id)
    .where('step', '<', TASK_STEPS)
    .where('state', '=', 'waiting')
    .where('recipient', 'in', (eb) =>
      eb
        .selectFrom('officer')
        .select('officer.id')
        .where('officer.region', side === 'county' ? '=' : '!=', region),
    )
    .execute();
}
