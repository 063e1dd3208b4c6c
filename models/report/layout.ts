// A report as tables with typed cells: the one layout that the page and every file show, in both languages.
// Numbers stay numbers here; how a cell is written is the matter of whoever shows it.

import { AGE_DAYS } from '../../core/age-bands.ts';
import { CAUSES } from '../../core/alert-cause.ts';
import { FEEDBACK_RESULTS, type FeedbackResult } from '../../core/alert-event.ts';
import type { Level } from '../../core/finding.ts';
import { localDateTime } from '../../core/local-time.ts';
import { regionName } from '../../core/region.ts';
import { text, type Text } from '../../core/text.ts';
import { dayOfDate, weekdayOf } from '../../core/calendar.ts';
import { periodName } from './period.ts';
import {
  confirmedOf,
  correctedPrecisionOf,
  judgedOf,
  precisionOf,
  type Compared,
  type ObjectionTally,
  type Report,
  type Tally,
} from './report.ts';
import { wilsonInterval } from './statistics.ts';
import { LEVEL_TITLES, REPORT_WORDS as W, VERDICTS, WEEKDAY_NAMES } from './words.ts';

export type Cell =
  /** `isFigure` for numbers written out, such as a range. */
  | { readonly kind: 'text'; readonly value: Text; readonly isFigure?: true }
  /** A whole number, or one decimal where `digits` says so; null is not known. */
  | { readonly kind: 'number'; readonly value: number | null; readonly digits?: 1 }
  /** A part of one. */
  | { readonly kind: 'share'; readonly value: number | null }
  | { readonly kind: 'span'; readonly ms: number | null }
  /** More or fewer than in the period before. */
  | { readonly kind: 'change'; readonly value: number | null };

export type Table = {
  readonly id: string;
  readonly title: Text;
  readonly note?: Text;
  /** Width in Han characters. */
  readonly columns: readonly { readonly name: Text; readonly width: number }[];
  readonly rows: readonly { readonly cells: readonly Cell[]; readonly isTotal?: true }[];
};

export type ReportDocument = {
  readonly title: Text;
  /** `atMs` where the value is an instant. */
  readonly facts: readonly { readonly name: Text; readonly value: Text; readonly atMs?: number }[];
  /** What a reader must know before believing a number. */
  readonly notices: readonly Text[];
  readonly tables: readonly Table[];
  /** How the numbers are counted. */
  readonly footnotes: readonly Text[];
};

export function layoutReport(report: Report): ReportDocument {
  const { region, period, asOfMs } = report;
  const name = regionName(region);
  const kind = W[period.kind];
  return {
    title: text(`${name.zh}监督预警${kind.zh}`, `${name.en}: ${kind.en} of alerts`),
    facts: [
      { name: W.period, value: periodName(period) },
      { name: W.scope, value: report.byCounty.length > 0 ? withCounties(name) : name },
      { name: W.asOf, value: text(minuteOf(asOfMs), minuteOf(asOfMs)), atMs: asOfMs },
      { name: W.comparedWith, value: spanName(report.before) },
    ],
    notices: noticesOf(report),
    tables: [
      overview(report),
      results(report),
      byRule(report),
      ...(report.byCounty.length > 0 ? [byCounty(report)] : []),
      ...(report.load ? [acknowledgement(report)] : []),
      openByAge(report),
      ...(report.objections ? [objections(report.objections)] : []),
      ...(report.load ? [load(report.load), forecast(report.load)] : []),
    ]
      .map(orNoData)
      .map((table) => (isKnown(report) ? table : withoutNumbers(table))),
    footnotes: [
      W.howCounted,
      W.howWithdrawn,
      W.howPrecision,
      ...(report.objections ? [W.howCorrected, W.howObjections] : []),
      ...(report.load ? [W.howTimed, W.howLoaded(report.load), W.howForecast] : []),
    ],
  };
}

/** Columns of figures stand to the right. */
export const isFigureColumn = ({ rows }: Table, column: number): boolean =>
  rows.some(({ cells }) => {
    const cell = cells[column];
    return cell !== undefined && (cell.kind !== 'text' || cell.isFigure === true);
  });

/** False where all of the period lies before the first alert on record. */
const isKnown = ({ knownSinceMs, countedUntilMs }: Report): boolean =>
  knownSinceMs !== null && knownSinceMs < countedUntilMs;

/** Nothing is known: what was counted is no zero. */
const withoutNumbers = (table: Table): Table => ({
  ...table,
  rows: table.rows.map((row) => ({
    ...row,
    cells: row.cells.map((cell) => (cell.kind === 'number' ? { ...cell, value: null } : cell)),
  })),
});

/** A table without a line says that nothing is known instead of standing there empty. */
const orNoData = (table: Table): Table =>
  table.rows.length > 0
    ? table
    : {
        ...table,
        rows: [
          { cells: table.columns.map((_, index) => words(index === 0 ? W.noData : text('', ''))) },
        ],
      };

const minuteOf = (atMs: number): string => localDateTime(atMs).slice(0, 16);

const withCounties = ({ zh, en }: Text): Text =>
  text(`${zh}（含所辖县市区）`, `${en} with its counties`);

const spanName = ({ fromMs, untilMs, known }: Report['before']): Text => {
  const span = text(
    `${minuteOf(fromMs)} 至 ${minuteOf(untilMs)}`,
    `${minuteOf(fromMs)} to ${minuteOf(untilMs)}`,
  );
  return known === 'none'
    ? text(`${span.zh}（${W.noData.zh}）`, `${span.en} (${W.noData.en})`)
    : span;
};

function noticesOf(report: Report): Text[] {
  const { period, countedUntilMs, before, knownSinceMs, load: loads } = report;
  const notices: Text[] = [];
  const until = minuteOf(countedUntilMs);
  if (countedUntilMs < period.untilMs) {
    notices.push(
      text(
        `本期尚未结束，仅统计至 ${until}；对比期取上期同样长的一段。`,
        `The period is not over: counted to ${until}, and compared with as much of the one before.`,
      ),
    );
  }
  if (!isKnown(report)) {
    notices.push(
      text(
        '本期及以前没有任何预警记录，无法统计；这不代表没有发生。',
        'There is no alert on record up to the end of the period: nothing can be counted, which does not mean that nothing happened.',
      ),
    );
  } else if (knownSinceMs !== null && knownSinceMs > period.fromMs) {
    const since = minuteOf(knownSinceMs);
    notices.push(
      text(
        `预警记录自 ${since} 起才有，此前时段无数据。`,
        `Alerts are on record since ${since} only; there is no data for the time before.`,
      ),
    );
  } else if (before.known === 'part') {
    notices.push(
      text(
        '对比期只有部分时段有记录，增减仅供参考。',
        'The record begins within the period compared with: take the changes with care.',
      ),
    );
  }
  if (loads === null) notices.push(W.countsOnly);
  return notices;
}

const columns = (...given: readonly (readonly [Text, number])[]): Table['columns'] =>
  given.map(([name, width]) => ({ name, width }));

const words = (value: Text): Cell => ({ kind: 'text', value });
const number = (value: number | null): Cell => ({ kind: 'number', value });
const decimal = (value: number | null): Cell => ({ kind: 'number', value, digits: 1 });
const share = (value: number | null): Cell => ({ kind: 'share', value });
const span = (ms: number | null): Cell => ({ kind: 'span', ms });
const change = ({ now, before }: Compared, of: (tally: Tally) => number): Cell => ({
  kind: 'change',
  value: before && of(now) - of(before),
});

const raisedOf = ({ raised }: Tally) => raised;

/** Every table about levels ends with the line of all of them. */
const perLevel = (report: Report, cells: (row: Compared) => Cell[]): Table['rows'] => [
  ...report.byLevel.map((row) => ({ cells: [words(LEVEL_TITLES[row.level]), ...cells(row)] })),
  { cells: [words(W.all), ...cells(report.total)], isTotal: true },
];

const overview = (report: Report): Table => ({
  id: 'overview',
  title: W.overview,
  columns: columns(
    [W.level, 10],
    [W.raised, 8],
    [W.before, 8],
    [W.change, 8],
    [W.withdrawn, 8],
    [W.acknowledged, 8],
    [W.waiting, 8],
    [W.closed, 8],
  ),
  rows: perLevel(report, (row) => [
    number(row.now.raised),
    number(row.before && row.before.raised),
    change(row, raisedOf),
    number(row.now.withdrawn),
    number(row.now.acknowledged),
    number(row.now.waiting),
    number(row.now.closed),
  ]),
});

const results = (report: Report): Table => ({
  id: 'results',
  title: W.results,
  columns: columns(
    [W.level, 10],
    ...FEEDBACK_RESULTS.map((result) => [CAUSES[result].name, 8] as const),
    [W.unjudged, 8],
    [W.withdrawn, 8],
  ),
  rows: perLevel(report, ({ now }) => [
    ...FEEDBACK_RESULTS.map((result: FeedbackResult) => number(now.results[result])),
    number(now.unjudged),
    number(now.withdrawn),
  ]),
});

const byRule = (report: Report): Table => ({
  id: 'by-rule',
  title: W.byRule,
  note: W.precisionNote,
  columns: columns(
    [W.rule, 22],
    [W.raised, 7],
    [W.change, 7],
    [W.true, 7],
    [W.judged, 8],
    [W.precision, 8],
    [W.interval, 12],
    [W.precisionBefore, 10],
    [W.withdrawn, 7],
    ...(report.objections
      ? ([
          [W.upheldAlerts, 8],
          [W.precisionCorrected, 10],
        ] as const)
      : []),
  ),
  rows: [
    ...report.byRule.map((row) => ({ cells: [words(row.title), ...ruleCells(row, report)] })),
    { cells: [words(W.all), ...ruleCells(report.total, report)], isTotal: true as const },
  ],
});

const ruleCells = (row: Compared, report: Report): Cell[] => [
  number(row.now.raised),
  change(row, raisedOf),
  number(confirmedOf(row.now)),
  number(judgedOf(row.now)),
  share(precisionOf(row.now)),
  { kind: 'text', value: intervalText(row.now), isFigure: true },
  share(row.before && precisionOf(row.before)),
  number(row.now.withdrawn),
  ...(report.objections ? [number(row.now.upheld), share(correctedPrecisionOf(row.now))] : []),
];

function intervalText(tally: Tally): Text {
  const interval = wilsonInterval(confirmedOf(tally), judgedOf(tally));
  if (interval === null) return W.noData;
  const [low, high] = interval.map((bound) => Math.round(bound * 100));
  return text(`${low}%–${high}%`, `${low}%–${high}%`);
}

const byCounty = (report: Report): Table => ({
  id: 'by-county',
  title: W.byCounty,
  columns: columns(
    [W.county, 10],
    [W.raised, 8],
    [W.change, 8],
    [W.waiting, 8],
    [W.true, 8],
    [W.judged, 8],
    [W.precision, 8],
    ...(report.load
      ? ([
          [W.p50, 12],
          [W.p90, 12],
        ] as const)
      : []),
  ),
  rows: [
    ...report.byCounty.map((row) => ({
      cells: [words(regionName(row.region)), ...countyCells(row, report)],
    })),
    { cells: [words(W.all), ...countyCells(report.total, report)], isTotal: true as const },
  ],
});

const countyCells = (row: Compared, report: Report): Cell[] => [
  number(row.now.raised),
  change(row, raisedOf),
  number(row.now.waiting),
  number(confirmedOf(row.now)),
  number(judgedOf(row.now)),
  share(precisionOf(row.now)),
  ...(report.load ? [span(row.now.acknowledgeP50Ms), span(row.now.acknowledgeP90Ms)] : []),
];

const acknowledgement = (report: Report): Table => ({
  id: 'acknowledgement',
  title: W.acknowledgement,
  columns: columns(
    [W.level, 10],
    [W.acknowledged, 9],
    [W.waiting, 9],
    [W.p50, 12],
    [W.p50Before, 12],
    [W.p90, 12],
    [W.p90Before, 12],
  ),
  rows: perLevel(report, ({ now, before }) => [
    number(now.acknowledged),
    number(now.waiting),
    span(now.acknowledgeP50Ms),
    span(before && before.acknowledgeP50Ms),
    span(now.acknowledgeP90Ms),
    span(before && before.acknowledgeP90Ms),
  ]),
});

const openByAge = ({ openByAge: rows, countedUntilMs }: Report): Table => ({
  id: 'open-by-age',
  title: W.openByAge,
  note: text(`截至 ${minuteOf(countedUntilMs)}`, `at ${minuteOf(countedUntilMs)}`),
  columns: columns([W.level, 10], ...AGE_NAMES.map((name) => [name, 9] as const), [W.all, 9]),
  rows: [
    ...rows.map(({ level, ages }) => ageRow(LEVEL_TITLES[level as Level], ages)),
    {
      ...ageRow(
        W.all,
        AGE_NAMES.map((_, index) => rows.reduce((sum, { ages }) => sum + (ages[index] ?? 0), 0)),
      ),
      isTotal: true,
    },
  ],
});

const ageRow = (name: Text, ages: readonly number[]) => ({
  cells: [words(name), ...ages.map(number), number(ages.reduce((sum, age) => sum + age, 0))],
});

const AGE_NAMES: readonly Text[] = [
  ...AGE_DAYS.map((days, index) => {
    const from = AGE_DAYS[index - 1];
    return from === undefined
      ? text(`不足 ${days} 天`, `under ${days} d`)
      : text(`${from}–${days} 天`, `${from}–${days} d`);
  }),
  text(`${AGE_DAYS.at(-1)} 天以上`, `${AGE_DAYS.at(-1)} d or more`),
];

/** Of a city each county and all of them; of a county its own line. */
const objections = ({ byCounty: rows, total }: NonNullable<Report['objections']>): Table => ({
  id: 'objections',
  title: W.objections,
  note: W.objectionsNote,
  columns: columns(
    [W.county, 10],
    [W.recorded, 8],
    [W.before, 8],
    [W.decided, 8],
    [W.upheld, 8],
    [W.rejected, 8],
    [W.undecided, 8],
    [W.overdue, 8],
    [W.pending, 8],
  ),
  rows: [
    ...rows.map(({ region, ...row }) => ({
      cells: [words(regionName(region)), ...objectionCells(row)],
    })),
    ...(rows.length > 1
      ? [{ cells: [words(W.all), ...objectionCells(total)], isTotal: true as const }]
      : []),
  ],
});

const objectionCells = (row: ObjectionTally): Cell[] => [
  number(row.recorded),
  number(row.before),
  number(row.upheld + row.rejected),
  number(row.upheld),
  number(row.rejected),
  number(row.undecided),
  number(row.overdue),
  number(row.pending),
];

type Load = NonNullable<Report['load']>;

const load = ({ bureaus, budget }: Load): Table => ({
  id: 'load',
  title: W.load,
  note: text(
    `目标：每人每班少于 ${budget} 件`,
    `target: fewer than ${budget} for an officer in a shift`,
  ),
  columns: columns(
    [W.bureau, 12],
    [W.shifts, 8],
    [W.mean, 8],
    [W.median, 8],
    [W.most, 8],
    [W.over, 10],
  ),
  rows: bureaus.map((row) => ({
    cells: [
      words(bureauName(row.bureau)),
      number(row.shifts),
      decimal(row.mean),
      number(row.median),
      number(row.most),
      row.shifts === 0 ? number(null) : number(row.over),
    ],
  })),
});

const bureauName = (code: string): Text => {
  const { zh, en } = regionName(code);
  return text(`${zh}司法局`, `${en} bureau`);
};

/** A line for each bureau, the days side by side, with the gravest verdict behind them. */
function forecast({ forecast: all }: Load): Table {
  const dates = [...new Set(all.map(({ date }) => date))];
  return {
    id: 'forecast',
    title: W.forecast,
    note: W.forecastNote,
    columns: columns([W.bureau, 12], ...dates.map((date) => [dayName(date), 10] as const), [
      W.verdict,
      8,
    ]),
    rows: [...new Set(all.map(({ bureau }) => bureau))].map((bureau) => {
      const days = all.filter((day) => day.bureau === bureau);
      const verdict = GRAVEST_FIRST.find((one) => days.some((day) => day.verdict === one));
      return {
        cells: [
          words(bureauName(bureau)),
          ...days.map((day): Cell => ({ kind: 'text', value: dayText(day), isFigure: true })),
          words(VERDICTS[verdict ?? 'unknown']),
        ],
      };
    }),
  };
}

const GRAVEST_FIRST = ['exceeds', 'may-exceed', 'unknown', 'within'] as const;

/** `27（22–32）`, with a mark where the budget may be reached: in words too, not by colour alone. */
function dayText({ expected, low, high, verdict }: Load['forecast'][number]): Text {
  if (expected === null || low === null || high === null) return W.noData;
  const [mean, from, to] = [expected, low, high].map((value) => value.toFixed(0));
  const mark = verdict === 'exceeds' ? ' ▲' : verdict === 'may-exceed' ? ' △' : '';
  return text(`${mean}（${from}–${to}）${mark}`, `${mean} (${from}–${to})${mark}`);
}

const dayName = (date: string): Text => {
  const weekday = WEEKDAY_NAMES[weekdayOf(dayOfDate(date))];
  return text(`${date.slice(5)} ${weekday.zh}`, `${date.slice(5)} ${weekday.en}`);
};
