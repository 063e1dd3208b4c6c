// The officer's list between server and screen: pages from the API, changes from the live stream, and the
// rule that nothing jumps while somebody is at work.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import type { AlertList, AlertSummary } from '../../app/api/alerts.ts';
import { getJson } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import type { LiveStatus } from '../shared/live/live-stream.ts';
import { createSpaced } from '../shared/spaced.ts';
import {
  EMPTY_LIST,
  letIn,
  listOf,
  renewed,
  withPage,
  type AlertFilter,
  type AlertListState,
} from './alert-list.ts';

/** How often to ask while no stream brings changes. */
const POLL_MS = 5_000;

/** Changes come one by one; the counts that go with them are asked for no more often than this. */
const RECOUNT_MS = 2_000;

const PAGE_ROWS = 100;

/** A list nobody touched for so long lets in what arrived by itself. */
export const IDLE_MS = 20_000;

const LIST_KEY = 'alerts';

export type AlertListData = {
  readonly list: AlertListState;
  readonly open: AlertList['open'] | undefined;
  /** How many of all open ones a silence hides now. */
  readonly silenced: number;
  /** Undefined while the first page is on its way. */
  readonly loaded: boolean;
  readonly error: unknown;
  /** True while there are older pages. */
  readonly more: boolean;
  loadMore(): void;
  letIn(): void;
  /** Changes from the live stream. */
  take(alerts: readonly AlertSummary[]): void;
  /** The list may have a gap: ask again. */
  refresh(): void;
  /** Somebody is at work here. */
  touch(): void;
};

type Action =
  | { readonly kind: 'page'; readonly page: AlertList; readonly filterKey: string }
  | { readonly kind: 'older'; readonly page: AlertList }
  | { readonly kind: 'changed'; readonly alerts: readonly AlertSummary[] }
  | { readonly kind: 'let-in' };

type Held = {
  readonly list: AlertListState;
  readonly filterKey: string | undefined;
  readonly before: string | null;
};

export function useAlertList(filter: AlertFilter, live: LiveStatus): AlertListData {
  const { clock } = useDeps();
  const queries = useQueryClient();
  const recount = useMemo(
    () =>
      createSpaced(clock, RECOUNT_MS, () => {
        void queries.invalidateQueries({ queryKey: [LIST_KEY] });
      }),
    [clock, queries],
  );
  useEffect(() => () => recount.cancel(), [recount]);
  const filterKey = keyOf(filter);
  const reduce = (held: Held, action: Action): Held => step(held, action, filter);
  const [held, dispatch] = useReducer(reduce, {
    list: EMPTY_LIST,
    filterKey: undefined,
    before: null,
  });

  const { data, error } = useQuery({
    queryKey: [LIST_KEY, filterKey],
    queryFn: ({ signal }) => getJson<AlertList>(`/api/alerts?${filterKey}`, signal),
    refetchInterval: live.phase === 'live' ? false : POLL_MS,
  });

  useEffect(() => {
    if (data) dispatch({ kind: 'page', page: data, filterKey });
  }, [data, filterKey]);

  const touch = useIdle(held.list.arrived.length > 0, () => dispatch({ kind: 'let-in' }));
  const before = held.before;

  return {
    list: held.list,
    open: data?.open,
    silenced: data?.silenced ?? 0,
    loaded: held.filterKey === filterKey,
    error,
    more: before !== null,
    loadMore() {
      void getJson<AlertList>(`/api/alerts?${filterKey}&before=${encodeURIComponent(before ?? '')}`)
        .then((page) => dispatch({ kind: 'older', page }))
        .catch(() => undefined);
    },
    letIn: () => dispatch({ kind: 'let-in' }),
    take(alerts) {
      dispatch({ kind: 'changed', alerts });
      recount.ask();
    },
    refresh: () => recount.ask(),
    touch,
  };
}

function step(held: Held, action: Action, filter: AlertFilter): Held {
  switch (action.kind) {
    case 'page': {
      const { page, filterKey } = action;
      if (held.filterKey !== filterKey || held.list.shown.length === 0) {
        return { list: listOf(page.alerts), filterKey, before: page.before };
      }
      return { ...held, list: renewed(held.list, page.alerts, filter) };
    }
    case 'older':
      return {
        ...held,
        list: withPage(held.list, action.page.alerts),
        before: action.page.before,
      };
    case 'changed':
      return { ...held, list: renewed(held.list, action.alerts, filter) };
    case 'let-in':
      return { ...held, list: letIn(held.list, filter) };
  }
}

/** Calls `run` once something waits and nobody has touched the list for a while. */
function useIdle(waits: boolean, run: () => void): () => void {
  const { clock } = useDeps();
  const touchedAtMs = useRef(Number.NEGATIVE_INFINITY);
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!waits) return undefined;
    let timer: ReturnType<typeof clock.after>;
    const look = () => {
      const leftMs = touchedAtMs.current + IDLE_MS - clock.now();
      if (leftMs <= 0) latest.current();
      else timer = clock.after(leftMs, look);
    };
    timer = clock.after(0, look);
    return () => timer.cancel();
  }, [waits, clock]);
  return useCallback(() => {
    touchedAtMs.current = clock.now();
  }, [clock]);
}

/** The query of the API, which also names the cache entry. */
function keyOf({ status, level, region }: AlertFilter): string {
  const query = new URLSearchParams({ status, limit: String(PAGE_ROWS) });
  if (level !== undefined) query.set('level', String(level));
  if (region !== undefined) query.set('region', region);
  return query.toString();
}
