// An answer: what it is of, how fresh and whole it is, the chart or the map, the table, and the ways behind it.

import { useMemo, useRef, useState } from 'react';
import type { MetricAnswerBody, MetricList, MetricRecordsQuestion } from '../../app/api/metrics.ts';
import { localDate, localDateTime } from '../../core/local-time.ts';
import { bucketOf } from '../../models/workbench/buckets.ts';
import { labelOf, type Namer } from '../../models/workbench/name-cells.ts';
import { askOf, MAP_DIMENSION, periodOf, type View } from '../../models/workbench/view-state.ts';
import { drawnOf } from './chart-option.ts';
import { useDeps } from '../shared/deps.tsx';
import { useSay } from '../shared/language.tsx';
import { CountyMap } from './county-map.tsx';
import { ReceiptDialog, RecordsDialog } from './dialogs.tsx';
import { ResultChart } from './result-chart.tsx';
import { ResultTable, type CellAt } from './result-table.tsx';
import { shadesOf, type Shaped } from './shape-result.ts';
import { TakeAway, type Picture } from './take-away.tsx';
import { useSavedViews } from './use-saved-views.ts';
import { BENCH_WORDS, COMPARE_NAMES, GRAIN_NAMES } from './words.ts';
import styles from './workbench-page.module.css';

export function Answer({
  catalogue,
  view,
  report,
  result,
  nameOf,
  shaped,
  reason,
  again,
  onMapReady,
}: {
  catalogue: MetricList;
  view: View;
  /** A scheduled view, whose figures are fixed. */
  report?: string | undefined;
  result: MetricAnswerBody;
  nameOf: Namer;
  shaped: Shaped;
  reason: string;
  /** Absent for figures that are fixed. */
  again?: (() => void) | undefined;
  onMapReady(): void;
}) {
  const say = useSay();
  const [hasReceipt, setHasReceipt] = useState(false);
  const [opened, setOpened] = useState<CellAt>();
  const picture = useRef<Picture | undefined>(undefined);
  const { chart } = view;
  const metrics = catalogue.metrics.filter(({ id }) => result.columns.some((one) => one.id === id));
  const title = metrics.map(({ name }) => say(name)).join(' · ');
  return (
    <>
      <div className={styles.head}>
        <h1>{title}</h1>
        <button type="button" onClick={() => setHasReceipt(true)}>
          {say(BENCH_WORDS.receipt)}
        </button>
        <TakeAway {...{ view, report, reason, picture }} />
      </div>
      <Standing {...{ view, result, again }} />
      {result.rows.length === 0 ? (
        <p className={styles.hint}>{say(BENCH_WORDS.noRows)}</p>
      ) : (
        <>
          {chart === 'map' ? (
            <Shaded {...{ catalogue, view, result, picture, onMapReady }} />
          ) : (
            chart !== 'table' && (
              <Drawn key={chart} {...{ shaped, picture, title }} kind={chart} notes={view.notes} />
            )
          )}
          <ResultTable {...{ result, nameOf, metrics }} open={setOpened} />
        </>
      )}
      {hasReceipt && <ReceiptDialog {...{ result, metrics }} close={() => setHasReceipt(false)} />}
      {opened !== undefined && (
        <RecordsDialog
          ask={recordsOf(opened, { view, result, reason })}
          label={`${say(metrics.find(({ id }) => id === opened.metric)?.name ?? BENCH_WORDS.records)} · ${labelOf(result, opened.row, nameOf)}`}
          dimensions={catalogue.dimensions}
          close={() => setOpened(undefined)}
        />
      )}
    </>
  );
}

function Drawn(given: Parameters<typeof ResultChart>[0]) {
  const say = useSay();
  const { shaped, kind } = given;
  const left = shaped.series.length - drawnOf(shaped, kind).length;
  return (
    <>
      <ResultChart {...given} />
      {left > 0 && <p className={styles.hint}>{say(BENCH_WORDS.notDrawn(left))}</p>}
    </>
  );
}

function Shaded({
  catalogue,
  view,
  result,
  picture,
  onMapReady,
}: {
  catalogue: MetricList;
  view: View;
  result: MetricAnswerBody;
  picture: React.RefObject<Picture | undefined>;
  onMapReady(): void;
}) {
  const say = useSay();
  const shades = useMemo(() => {
    // The counties one sees; of others nothing is known.
    const known = catalogue.dimensions[MAP_DIMENSION]?.values?.map(({ value }) => value) ?? [];
    const first = result.columns.find(({ type }) => type === 'value')?.id;
    const isCount = catalogue.metrics.some(({ id, isCount: counts }) => id === first && counts);
    return shadesOf(result, MAP_DIMENSION, isCount ? known : []);
  }, [catalogue, result]);
  const unit = result.columns.find(({ type }) => type === 'value')?.unit;
  return (
    <>
      {view.metrics.length > 1 && <p className={styles.hint}>{say(BENCH_WORDS.mapOfFirst)}</p>}
      <CountyMap {...{ shades, unit, picture }} onReady={onMapReady} />
    </>
  );
}

/** The question for the records behind one figure. */
function recordsOf(
  { row, metric }: CellAt,
  { view, result, reason }: { view: View; result: MetricAnswerBody; reason: string },
): MetricRecordsQuestion {
  const cells = result.rows[row] ?? [];
  const { grain } = askOf(view, reason);
  const own = result.columns.flatMap(({ id, type }, i) =>
    type === 'value' || type === 'time'
      ? []
      : [{ dimension: id, values: [String(cells[i] ?? '')] }],
  );
  const at = cells[result.columns.findIndex(({ type }) => type === 'time')];
  const period = periodOf(view);
  const bucket = typeof at === 'number' && grain ? bucketOf(grain, at) : undefined;
  const taken = new Set(own.map(({ dimension }) => dimension));
  return {
    purpose: reason,
    metric,
    fromMs: Math.max(period.fromMs, bucket?.fromMs ?? 0),
    toMs: Math.min(period.toMs, bucket?.untilMs ?? period.toMs),
    where: [
      ...view.where
        .filter(({ dimension }) => !taken.has(dimension))
        .map(({ dimension, values }) => ({ dimension, values: [...values] })),
      ...own,
    ],
    limit: 200,
  };
}

/** The writer's pauses are shorter than a second; what lags this far behind stands still. */
const STALE_MS = 15 * 60_000;

/** As of when, how far back, what is kept back: what one has to know before believing a figure. */
function Standing({
  view,
  result,
  again,
}: {
  view: View;
  result: MetricAnswerBody;
  again: (() => void) | undefined;
}) {
  const say = useSay();
  const { serverClock } = useDeps();
  const { data: views } = useSavedViews();
  const { freshness, coverage, suppressed, comparison, rowsTotal, rows } = result;
  const { knownUntilMs } = freshness;
  const { toMs } = periodOf(view);
  const isRunning = toMs > knownUntilMs;
  const isStale =
    again !== undefined &&
    views !== undefined &&
    isRunning &&
    serverClock.now() - knownUntilMs > STALE_MS;
  const days = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }) =>
    `${localDate(fromMs)} – ${localDate(Math.max(fromMs, untilMs - 1))}`;
  const facts = [
    `${say(BENCH_WORDS.asOf)} ${localDateTime(knownUntilMs)}`,
    `${say(BENCH_WORDS.covered)} ${days(coverage)}`,
    ...(view.grain && view.chart !== 'map'
      ? [`${say(BENCH_WORDS.grain)} ${say(GRAIN_NAMES[view.grain])}`]
      : []),
    ...(comparison
      ? [
          `${say(COMPARE_NAMES[comparison.kind])} ${days({ fromMs: comparison.fromMs, untilMs: comparison.toMs })}`,
        ]
      : []),
    ...(suppressed.length > 0 ? [say(BENCH_WORDS.suppressedCount(suppressed.length))] : []),
    ...(rowsTotal > rows.length ? [say(BENCH_WORDS.rowsShown(rows.length, rowsTotal))] : []),
  ];
  return (
    <div className={styles.standing}>
      <p>
        {isStale && <b className={styles.stale}>{say(BENCH_WORDS.stale)}</b>}
        {facts.join(' · ')}{' '}
        {again && (
          <button type="button" onClick={again}>
            {say(BENCH_WORDS.again)}
          </button>
        )}
      </p>
      {comparison && isRunning && <p>{say(BENCH_WORDS.stillRunning)}</p>}
    </div>
  );
}
