// The officer's list of alerts as a value: what is shown stays where it is while one reads and works; what
// arrives waits to be let in. Pure, so that "updates without jumping" can be tested.

import type { AlertSummary } from '../../app/api/alerts.ts';
import type { Level } from '../../core/finding.ts';

export type AlertFilter = {
  readonly status: 'open' | 'new' | 'acknowledged' | 'closed';
  readonly level: Level | undefined;
  readonly region: string | undefined;
};

export type AlertListState = {
  /** Ids in the order they stand on the screen. */
  readonly shown: readonly string[];
  /** Ids that arrived since and match the filter; not on the screen yet. */
  readonly arrived: readonly string[];
  /** The newest of everything shown or arrived. */
  readonly rows: ReadonlyMap<string, AlertSummary>;
};

export const EMPTY_LIST: AlertListState = { shown: [], arrived: [], rows: new Map() };

/** A list never holds more than this; the server's pages bring the rest. */
export const ROWS_MAX = 1_000;

export const matches = (filter: AlertFilter, alert: AlertSummary): boolean =>
  (filter.status === 'open' ? alert.status !== 'closed' : alert.status === filter.status) &&
  (filter.level === undefined || alert.level === filter.level) &&
  (filter.region === undefined || alert.region === filter.region);

/** Gravest first, what is real before drills, then who has to be acknowledged, then the oldest; closed ones newest first. Withdrawn ones
 * ask for nothing and come last. */
export function mostPressingFirst(a: AlertSummary, b: AlertSummary): number {
  if (a.status === 'closed' && b.status === 'closed') {
    return (b.closedAtMs ?? 0) - (a.closedAtMs ?? 0);
  }
  return (
    Number(a.withdrawnAtMs !== null) - Number(b.withdrawnAtMs !== null) ||
    a.level - b.level ||
    Number(a.isDrill) - Number(b.isDrill) ||
    Number(b.status === 'new') - Number(a.status === 'new') ||
    a.openedAtMs - b.openedAtMs ||
    (a.id < b.id ? -1 : 1)
  );
}

/** The list as the server gave it, in order: at the start, after a filter changed, or when let in. */
export function listOf(alerts: readonly AlertSummary[]): AlertListState {
  const sorted = alerts.toSorted(mostPressingFirst).slice(0, ROWS_MAX);
  return {
    shown: sorted.map(({ id }) => id),
    arrived: [],
    rows: new Map(sorted.map((alert) => [alert.id, alert])),
  };
}

/**
 * What the server holds now, laid under the list on the screen: rows are renewed in place, new ones wait,
 * ones that are gone stay until `letIn`.
 */
export function renewed(
  state: AlertListState,
  alerts: readonly AlertSummary[],
  filter: AlertFilter,
): AlertListState {
  const rows = new Map(state.rows);
  const known = new Set([...state.shown, ...state.arrived]);
  const arrived = [...state.arrived];
  for (const alert of alerts) {
    if (!known.has(alert.id)) {
      if (!matches(filter, alert) || rows.size >= ROWS_MAX) continue;
      arrived.push(alert.id);
    }
    rows.set(alert.id, alert);
  }
  return {
    ...state,
    rows,
    arrived: arrived.filter((id) => matches(filter, rows.get(id) as AlertSummary)),
  };
}

/** Lets everything in that waits and everything go that no longer belongs here. */
export const letIn = (state: AlertListState, filter: AlertFilter): AlertListState =>
  listOf([...state.rows.values()].filter((alert) => matches(filter, alert)));

/** More rows of an older page, behind what is shown. */
export function withPage(state: AlertListState, alerts: readonly AlertSummary[]): AlertListState {
  const rows = new Map(state.rows);
  const fresh = alerts.filter(({ id }) => !rows.has(id));
  for (const alert of fresh) rows.set(alert.id, alert);
  return { ...state, rows, shown: [...state.shown, ...fresh.map(({ id }) => id)] };
}

/** How many of what waits are of the gravest level that waits. */
export function arrivedGravest(state: AlertListState): { level: Level; count: number } | undefined {
  const levels = state.arrived.map((id) => (state.rows.get(id) as AlertSummary).level);
  if (levels.length === 0) return undefined;
  const level = Math.min(...levels) as Level;
  return { level, count: levels.filter((one) => one === level).length };
}

/** The id `steps` rows away from `id`; the first row when `id` is not shown. */
export function neighbourOf(
  state: AlertListState,
  id: string | undefined,
  steps: 1 | -1,
): string | undefined {
  const at = id === undefined ? -1 : state.shown.indexOf(id);
  if (at < 0) return state.shown[0];
  return state.shown[Math.max(0, Math.min(state.shown.length - 1, at + steps))];
}
