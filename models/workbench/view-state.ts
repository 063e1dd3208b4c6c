// Everything one sees at the workbench as a few words of the address, so that a link is the whole view, and back;
// and the question a view asks. What an address says is never trusted: what does not fit is left out.

import { localDate } from '../../core/local-time.ts';
import { GRAINS, type Grain } from './buckets.ts';

export const CHARTS = ['line', 'bar', 'heat', 'map', 'table'] as const;
export type ChartKind = (typeof CHARTS)[number];

export const COMPARISONS = ['previous', 'last-year'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type Note = {
  /** The point along the axis, as it is named in the language the note was made in. */
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
  readonly compare: Comparison | undefined;
  readonly chart: ChartKind;
  readonly notes: readonly Note[];
};

const DAY_MS = 86_400_000;
const FIRST_DAYS = 30;
const METRICS_MAX = 6;
const SPLITS_MAX = 2;
const WHERE_MAX = 8;
const VALUES_MAX = 50;
const NOTES_MAX = 20;
const NOTE_CHARS_MAX = 120;

/** What a first view has to know of the metric it shows. */
export type FirstMetric = {
  readonly id: string;
  readonly grains: readonly Grain[];
  /** Null while nothing was recorded. */
  readonly coveredFromMs: number | null;
};

/** The last thirty days by day, or as many as anything is known of; a short time by hour. */
export function firstView(nowMs: number, metric: FirstMetric | undefined): View {
  const fromMs = Math.max(nowMs - (FIRST_DAYS - 1) * DAY_MS, metric?.coveredFromMs ?? 0);
  return {
    metrics: metric === undefined ? [] : [metric.id],
    by: [],
    grain: metric?.grains.find((grain) => grain === (nowMs - fromMs < 2 * DAY_MS ? 'hour' : 'day')),
    from: localDate(Math.min(fromMs, nowMs)),
    to: localDate(nowMs),
    where: [],
    compare: undefined,
    chart: 'line',
    notes: [],
  };
}

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
    by: [...new Set(list('by'))].slice(0, SPLITS_MAX),
    grain: oneOf('grain', GRAINS),
    from: days.from,
    to: days.to,
    where: whereOf(given.get('where')),
    compare: oneOf('compare', COMPARISONS),
    chart: oneOf('chart', CHARTS) ?? first.chart,
    notes: pairs(given.get('notes'))
      .slice(0, NOTES_MAX)
      .map(([at = '', says = '']) => ({ at, says: says.slice(0, NOTE_CHARS_MAX) }))
      .filter(({ says }) => says !== ''),
  };
}

/** A dimension is narrowed once, to something. */
function whereOf(given: string | null): View['where'] {
  const found = new Map<string, readonly string[]>();
  for (const [dimension = '', ...values] of pairs(given)) {
    if (dimension === '' || values.length === 0 || found.has(dimension)) continue;
    found.set(dimension, values.slice(0, VALUES_MAX));
  }
  return [...found].slice(0, WHERE_MAX).map(([dimension, values]) => ({ dimension, values }));
}

export type Span = { readonly fromMs: number; readonly toMs: number };

/** From midnight of the first day to midnight after the last one, in China. */
export const periodOf = ({ from, to }: Pick<View, 'from' | 'to'>): Span => ({
  fromMs: Date.parse(`${from}T00:00:00+08:00`),
  toMs: Date.parse(`${to}T00:00:00+08:00`) + DAY_MS,
});

/** The same view of another time: midnights in China. */
export const during = (view: View, { fromMs, toMs }: Span): View => ({
  ...view,
  from: localDate(fromMs),
  to: localDate(toMs - 1),
});

const ROWS_MAX = 5_000;

/** What the metrics are asked; see app/api/metrics.ts. */
export type ViewQuestion = Span & {
  readonly purpose: string;
  readonly metrics: string[];
  readonly by: string[];
  readonly grain?: Grain;
  readonly where: { readonly dimension: string; readonly values: string[] }[];
  readonly compare?: Comparison;
  readonly limit: number;
};

/** The dimension a map is coloured by. */
export const MAP_DIMENSION = 'county';

/** A map shows one figure for each county over the whole time: neither percentages nor medians add up. */
export function askOf(view: View, purpose: string): ViewQuestion {
  const { by, grain, metrics } =
    view.chart === 'map'
      ? { by: [MAP_DIMENSION], grain: undefined, metrics: view.metrics.slice(0, 1) }
      : view;
  return {
    purpose,
    metrics: [...metrics],
    by: [...by],
    ...(grain ? { grain } : {}),
    ...periodOf(view),
    where: view.where.map(({ dimension, values }) => ({ dimension, values: [...values] })),
    ...(view.compare ? { compare: view.compare } : {}),
    limit: ROWS_MAX,
  };
}

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
