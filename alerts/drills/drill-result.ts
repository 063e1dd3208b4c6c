// What a drill showed: who was reached when by which channel, and what was missed. Counted from the rows of its
// alert; pure.

import type { AlertEvent } from '../../core/alert-event.ts';
import type { AlertTable, ChannelKind, OutboxTable } from '../../warehouse/records-schema.ts';
import { SIDES, type Side } from '../level-table.ts';
import { STEPS_OF_RUNG } from '../notify.ts';
import { STEP_OF_END } from './drill-store.ts';

export type DrillNotice = Pick<
  OutboxTable,
  | 'recipient'
  | 'step'
  | 'round'
  | 'state'
  | 'createdAtMs'
  | 'sentAtMs'
  | 'deliveredAtMs'
  | 'answeredAtMs'
  | 'lastErrorCode'
> & { readonly channel: ChannelKind };

/** How far a way to a person got: `answered` and `delivered` reached them. */
export type ReachState = 'answered' | 'delivered' | 'sent' | 'waiting' | 'failed' | 'not-needed';

export type Reach = {
  readonly channel: ChannelKind;
  readonly state: ReachState;
  /** From the start of the drill, in ms; null when it has not happened. */
  readonly sentAfterMs: number | null;
  readonly reachedAfterMs: number | null;
  readonly attempts: number;
  readonly code: string | null;
};

export type DrillPerson = {
  readonly officer: string;
  /** 0 for those told at the opening, then the rung of the ladder. */
  readonly rung: number;
  readonly reaches: readonly Reach[];
  /** By the fastest way; null when not reached. */
  readonly reachedAfterMs: number | null;
};

export type DrillMiss =
  | { readonly kind: 'not-opened' }
  | { readonly kind: 'nobody-told' }
  | { readonly kind: 'not-reached'; readonly officer: string }
  | { readonly kind: 'not-acknowledged'; readonly side: Side };

export type DrillResult = {
  readonly openedAfterMs: number | null;
  readonly persons: readonly DrillPerson[];
  readonly sides: readonly {
    readonly side: Side;
    readonly acknowledgedAfterMs: number | null;
    readonly by: string | null;
    readonly via: string | null;
  }[];
  /** When everyone who must had acknowledged. */
  readonly acknowledgedAfterMs: number | null;
  readonly missed: readonly DrillMiss[];
};

export type DrillRows = {
  readonly startedAtMs: number;
  /** Undefined while the pipeline has not opened it. */
  readonly alert: Pick<AlertTable, 'acknowledgedAtMs'> | undefined;
  readonly awaits: readonly Side[];
  readonly events: readonly Pick<AlertEvent, 'kind' | 'atMs' | 'actor' | 'details'>[];
  /** Officers behind the accounts that act in the events: who acknowledges at the console is reached. */
  readonly officerOf: ReadonlyMap<string, string>;
  readonly notices: readonly DrillNotice[];
};

export function drillResult({
  startedAtMs,
  alert,
  awaits,
  events,
  officerOf,
  notices,
}: DrillRows): DrillResult {
  const after = (atMs: number | null | undefined) =>
    atMs === null || atMs === undefined ? null : Math.max(0, atMs - startedAtMs);
  const opened = events.find(({ kind }) => kind === 'opened');
  // Those of the end only say that it is over.
  const told = notices.filter(({ step }) => step !== STEP_OF_END);
  const answers = events.filter(({ kind }) => kind === 'answered' || kind === 'acknowledged');
  const persons = [...Map.groupBy(told, ({ recipient }) => recipient)]
    .map(([officer, own]) => {
      const person = personOf(officer, own, after);
      const spoke = answers.filter(({ actor }) => (officerOf.get(actor) ?? actor) === officer);
      const spokeAfterMs = spoke.map(({ atMs }) => after(atMs));
      return { ...person, reachedAfterMs: least([person.reachedAfterMs, ...spokeAfterMs]) };
    })
    .toSorted((a, b) => a.rung - b.rung || (a.officer < b.officer ? -1 : 1));
  const sides = SIDES.filter((side) => awaits.includes(side)).map((side) => {
    const said = answers.find(({ details }) => details['side'] === side);
    return {
      side,
      acknowledgedAfterMs: after(said?.atMs),
      by: said?.actor ?? null,
      via: said === undefined ? null : String(said.details['via'] ?? ''),
    };
  });
  const acknowledgedAfterMs = after(alert?.acknowledgedAtMs);
  return {
    openedAfterMs: after(opened?.atMs),
    persons,
    sides,
    acknowledgedAfterMs,
    missed: missedOf({ alert, persons, sides, isAcknowledged: acknowledgedAfterMs !== null }),
  };
}

type After = (atMs: number | null | undefined) => number | null;

function personOf(officer: string, notices: readonly DrillNotice[], after: After): DrillPerson {
  const reaches = [...Map.groupBy(notices, ({ channel }) => channel)]
    .map(([channel, own]) => reachOf(channel, own, after))
    .toSorted((a, b) => (a.channel < b.channel ? -1 : 1));
  return {
    officer,
    rung: Math.min(...notices.map(({ step }) => Math.floor(step / STEPS_OF_RUNG))),
    reaches,
    reachedAfterMs: least(reaches.map(({ reachedAfterMs }) => reachedAfterMs)),
  };
}

function reachOf(channel: ChannelKind, notices: readonly DrillNotice[], after: After): Reach {
  const best = notices.toSorted((a, b) => RANK[stateOf(a)] - RANK[stateOf(b)])[0] as DrillNotice;
  const failed = notices.findLast(({ lastErrorCode }) => lastErrorCode !== null);
  return {
    channel,
    state: stateOf(best),
    sentAfterMs: least(notices.map(({ sentAtMs }) => after(sentAtMs))),
    reachedAfterMs: least(
      notices.flatMap(({ deliveredAtMs, answeredAtMs }) => [
        after(deliveredAtMs),
        after(answeredAtMs),
      ]),
    ),
    attempts: notices.length,
    code: failed?.lastErrorCode ?? null,
  };
}

function stateOf({ state, deliveredAtMs, answeredAtMs }: DrillNotice): ReachState {
  if (answeredAtMs !== null) return 'answered';
  if (deliveredAtMs !== null) return 'delivered';
  switch (state) {
    case 'cancelled':
      return 'not-needed';
    case 'failed':
      return 'failed';
    case 'sent':
    case 'delivered':
    case 'answered':
      return 'sent';
    case 'waiting':
    case 'sending':
    case 'uncertain':
      return 'waiting';
  }
}

const RANK: Readonly<Record<ReachState, number>> = {
  answered: 0,
  delivered: 1,
  sent: 2,
  waiting: 3,
  failed: 4,
  'not-needed': 5,
};

function missedOf({
  alert,
  persons,
  sides,
  isAcknowledged,
}: Pick<DrillRows, 'alert'> &
  Pick<DrillResult, 'persons' | 'sides'> & { isAcknowledged: boolean }): DrillMiss[] {
  if (!alert) return [{ kind: 'not-opened' }];
  if (persons.length === 0) return [{ kind: 'nobody-told' }];
  // Whom it spared because others had it by then did not miss it.
  const needed = persons.filter(({ reaches }) =>
    reaches.some(({ state }) => state !== 'not-needed'),
  );
  return [
    ...needed.flatMap(({ officer, reachedAfterMs }): DrillMiss[] =>
      reachedAfterMs === null ? [{ kind: 'not-reached', officer }] : [],
    ),
    ...(isAcknowledged
      ? []
      : sides.flatMap(({ side, acknowledgedAfterMs }): DrillMiss[] =>
          acknowledgedAfterMs === null ? [{ kind: 'not-acknowledged', side }] : [],
        )),
  ];
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}
