// Everything one sees at the workbench as a few words of the address, so that a link is the whole view, and back.
// What an address says is never trusted: what does not fit is left out.

import { localDate } from '../../core/local-time.ts';
import { GRAINS, type Comparing, type Grain, type MetricsQuery } from './contract.ts';

export const CHARTS = ['line', 'bar', 'heat', 'map', 'table'] as const;
export type ChartKind = (typeof CHARTS)[number];

export type Note = {
  /** The values of the dimensions of the point. */
  readonly at: string;
  readonly says: string;
};

export type View = {
  readonly metrics: readonly string[];
  readonly by: readonly string[];
  readonly grain: Grain | undefined;
  /** First and last day in China, both included, as `2026-11-01`. */
  readonly from: string;
  readonly to: string;
  readonly where: readonly { readonly dimension: string; readonly values: readonly string[] }[];
  readonly compare: Comparing | undefined;
  readonly chart: ChartKind;
  readonly notes: readonly Note[];
};

const DAY_MS = 86_400_000;
const METRICS_MAX = 6;
const NOTES_MAX = 20;
const NOTE_CHARS_MAX = 120;

/** The last thirty days by day. */
export const firstView = (nowMs: number, metric: string | undefined): View => ({
  metrics: metric === undefined ? [] : [metric],
  by: [],
  grain: 'day',
  from: localDate(nowMs - 29 * DAY_MS),
  to: localDate(nowMs),
  where: [],
  compare: undefined,
  chart: 'line',
  notes: [],
});

/** As query parameters; an empty one is left out by whoever makes the address. */
export const queryOf = (view: View): Record<string, string> => ({
  m: view.metrics.join(','),
  by: view.by.join(','),
  grain: view.grain ?? 'none',
  from: view.from,
  to: view.to,
  where: view.where
    .map(({ dimension, values }) => [dimension, ...values].map(encodeURIComponent).join(':'))
    .join(';'),
  compare: view.compare ?? '',
  chart: view.chart,
  notes: view.notes
    .map(({ at, says }) => `${encodeURIComponent(at)}:${encodeURIComponent(says)}`)
    .join(';'),
});

/** Reads what `queryOf` wrote; whatever is missing or odd is as in `first`. */
export function viewOf(address: string, first: View): View {
  const given = new URLSearchParams(address);
  if (!given.has('m')) return first;
  const list = (name: string) => (given.get(name) ?? '').split(',').filter((one) => one !== '');
  const oneOf = <Item extends string>(name: string, items: readonly Item[]) =>
    items.find((item) => item === given.get(name));
  const [from, to] = [dayOf(given.get('from')), dayOf(given.get('to'))];
  const days = from !== undefined && to !== undefined && from <= to ? { from, to } : first;
  return {
    metrics: [...new Set(list('m'))].slice(0, METRICS_MAX),
    by: [...new Set(list('by'))].slice(0, 2),
    grain: oneOf('grain', GRAINS),
    from: days.from,
    to: days.to,
    where: pairs(given.get('where')).map(([dimension = '', ...values]) => ({ dimension, values })),
    compare: oneOf('compare', ['previous', 'last-year'] as const),
    chart: oneOf('chart', CHARTS) ?? first.chart,
    notes: pairs(given.get('notes'))
      .slice(0, NOTES_MAX)
      .map(([at = '', says = '']) => ({ at, says: says.slice(0, NOTE_CHARS_MAX) }))
      .filter(({ says }) => says !== ''),
  };
}

/** From midnight of the first day to midnight after the last one, in China. */
export const periodOf = ({ from, to }: Pick<View, 'from' | 'to'>) => ({
  fromMs: Date.parse(`${from}T00:00:00+08:00`),
  toMs: Date.parse(`${to}T00:00:00+08:00`) + DAY_MS,
});

const ROWS_MAX = 2_000;

export const askOf = (view: View, purpose: string): MetricsQuery => ({
  purpose,
  metrics: view.metrics,
  by: view.by,
  ...(view.grain ? { grain: view.grain } : {}),
  ...periodOf(view),
  where: view.where,
  ...(view.compare ? { compare: view.compare } : {}),
  limit: ROWS_MAX,
});

function dayOf(given: string | null): string | undefined {
  if (given === null || !/^\d{4}-\d{2}-\d{2}$/.test(given)) return undefined;
  const atMs = Date.parse(`${given}T00:00:00+08:00`);
  return Number.isFinite(atMs) && localDate(atMs) === given ? given : undefined;
}

const pairs = (given: string | null): string[][] =>
  (given ?? '')
    .split(';')
    .filter((one) => one !== '')
    .map((one) => one.split(':').map(decode));

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
