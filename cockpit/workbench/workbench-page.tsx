// The analyst's workbench: the question on the left, the answer in the middle, what is kept of it on the right.
// All of it stands in the address, so that every view is a link.

import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Me } from '../../app/api/session.ts';
import { localDateTime } from '../../core/local-time.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { useLanguage, useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { currentPurpose } from '../shared/purpose.ts';
import { navigate, useQueryText, WORKBENCH_PATH } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { saveFile } from '../reports/save-file.ts';
import type { MetricsAnswer, MetricsResult } from './contract.ts';
import { CountyMap } from './county-map.tsx';
import { ReceiptDialog, RecordsDialog } from './dialogs.tsx';
import { NotesBox } from './notes-box.tsx';
import { QuestionPanel } from './question-panel.tsx';
import { ResultChart } from './result-chart.tsx';
import { ResultTable } from './result-table.tsx';
import { SavedViews } from './saved-views.tsx';
import { csvOf, labelOf, namerOf, shadesOf, shape, type Namer } from './shape-result.ts';
import { askOf, CHARTS, firstView, queryOf, viewOf, type View } from './view-state.ts';
import { BENCH_WORDS, CHART_NAMES } from './words.ts';
import styles from './workbench-page.module.css';

export function WorkbenchPage({ me }: { me: Me }) {
  const say = useSay();
  const catalogue = useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => getJson<MetricsAnswer>('/api/metrics', signal),
    staleTime: 60_000,
  });
  const problem = catalogue.error && !catalogue.data ? problemIn(catalogue.error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.workbench} />
      {catalogue.data ? (
        <Workbench me={me} catalogue={catalogue.data} />
      ) : (
        <NotYet problem={problem && [say(problem.says), problem.hint ? say(problem.hint) : '']} />
      )}
    </div>
  );
}

function NotYet({ problem }: { problem: string[] | undefined }) {
  const say = useSay();
  usePage('workbench', { ready: problem !== undefined });
  return (
    <main className={styles.problem} role={problem ? 'alert' : 'status'}>
      {problem ? (
        <>
          <h1>{problem[0]}</h1>
          <p>{problem[1]}</p>
        </>
      ) : (
        say(WORDS.loading)
      )}
    </main>
  );
}

function Workbench({ me, catalogue }: { me: Me; catalogue: MetricsAnswer }) {
  const say = useSay();
  const { serverClock } = useDeps();
  const address = useQueryText();
  const [openedAtMs] = useState(() => serverClock.now());
  const view = useMemo(
    () => viewOf(address, firstView(openedAtMs, catalogue.metrics[0]?.id)),
    [address, openedAtMs, catalogue],
  );
  const set = (next: View) => navigate(WORKBENCH_PATH, { query: queryOf(next) });
  const ask = useMemo(() => askOf({ ...view, notes: [] }, currentPurpose()), [view]);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ['metrics-query', ask],
    queryFn: ({ signal: _signal }) => postJson<MetricsResult>('/api/metrics/query', ask),
    enabled: view.metrics.length > 0,
    placeholderData: (before) => before,
  });
  const hasMap = view.chart === 'map';
  const [mapReady, setMapReady] = useState(false);
  usePage('workbench', {
    ready:
      view.metrics.length === 0 ||
      error !== null ||
      (data !== undefined && !isPlaceholderData && (!hasMap || mapReady)),
  });
  const onMapReady = useCallback(() => setMapReady(true), []);
  const problem = error ? problemIn(error) : undefined;
  const points = usePoints(data, catalogue);
  return (
    <div className={styles.columns}>
      <aside className={styles.aside}>
        <QuestionPanel {...{ catalogue, view, set }} />
      </aside>
      <main className={styles.main}>
        <section className={styles.box} aria-label={say(BENCH_WORDS.chart)}>
          <div className={styles.tabs} role="group" aria-label={say(BENCH_WORDS.chart)}>
            {CHARTS.map((chart) => (
              <button
                key={chart}
                type="button"
                aria-pressed={view.chart === chart}
                onClick={() => set({ ...view, chart })}
              >
                {say(CHART_NAMES[chart])}
              </button>
            ))}
          </div>
          {view.metrics.length === 0 ? (
            <p className={styles.hint}>{say(BENCH_WORDS.chooseMetric)}</p>
          ) : problem ? (
            <div role="alert">
              <h1 className={styles.wrong}>{say(problem.says)}</h1>
              {problem.detail && <p>{problem.detail}</p>}
              {problem.hint && <p>{say(problem.hint)}</p>}
            </div>
          ) : data ? (
            <Answer {...{ me, catalogue, view, ask, onMapReady }} result={data} />
          ) : (
            <p role="status">{say(WORDS.loading)}</p>
          )}
        </section>
      </main>
      <aside className={styles.aside}>
        <SavedViews query={queryOf(view)} />
        <NotesBox
          notes={view.notes}
          points={points}
          set={(notes) => set({ ...view, notes: [...notes] })}
        />
      </aside>
    </div>
  );
}

function usePoints(result: MetricsResult | undefined, { dimensions }: MetricsAnswer) {
  const language = useLanguage();
  return useMemo(() => {
    if (!result) return [];
    return [...shape(result, namerOf(result, dimensions, language), language).along];
  }, [result, dimensions, language]);
}

function Answer({
  me,
  catalogue,
  view,
  ask,
  result,
  onMapReady,
}: {
  me: Me;
  catalogue: MetricsAnswer;
  view: View;
  ask: ReturnType<typeof askOf>;
  result: MetricsResult;
  onMapReady(): void;
}) {
  const say = useSay();
  const language = useLanguage();
  const [hasReceipt, setHasReceipt] = useState(false);
  const [opened, setOpened] = useState<number>();
  const picture = useRef<(() => string) | undefined>(undefined);
  const nameOf = useMemo(
    () => namerOf(result, catalogue.dimensions, language),
    [result, catalogue, language],
  );
  const shaped = useMemo(() => shape(result, nameOf, language), [result, nameOf, language]);
  const region = result.columns.find(
    ({ id, type }) => type === 'dimension' && catalogue.dimensions[id]?.type === 'region',
  )?.id;
  const shades = useMemo(
    () => (region === undefined ? undefined : shadesOf(result, region)),
    [result, region],
  );
  const metrics = catalogue.metrics.filter(({ id }) => view.metrics.includes(id));
  const title = metrics.map(({ name }) => say(name)).join(' · ');
  const { chart } = view;
  return (
    <>
      <div className={styles.head}>
        <h1>{title}</h1>
        <button type="button" onClick={() => setHasReceipt(true)}>
          {say(BENCH_WORDS.receipt)}
        </button>
        <TakeAway {...{ me, view, result, nameOf, title, picture }} />
      </div>
      <Standing result={result} />
      {result.rows.length === 0 ? (
        <p className={styles.hint}>{say(BENCH_WORDS.noRows)}</p>
      ) : (
        <>
          {(chart === 'line' || chart === 'bar' || chart === 'heat') && (
            <ResultChart
              key={chart}
              {...{ shaped, picture, title }}
              kind={chart}
              notes={view.notes}
            />
          )}
          {chart === 'map' &&
            (shades ? (
              <CountyMap shades={shades} onReady={onMapReady} />
            ) : (
              <p className={styles.hint}>{say(BENCH_WORDS.noCounty)}</p>
            ))}
          <ResultTable {...{ result, nameOf }} open={setOpened} />
        </>
      )}
      {hasReceipt && <ReceiptDialog {...{ result, metrics }} close={() => setHasReceipt(false)} />}
      {opened !== undefined && (
        <RecordsDialog
          ask={narrowed(ask, result, opened)}
          label={labelOf(result, opened, nameOf)}
          close={() => setOpened(undefined)}
        />
      )}
    </>
  );
}

/** The same question about one row only. */
function narrowed(
  ask: ReturnType<typeof askOf>,
  { columns, rows }: MetricsResult,
  row: number,
): ReturnType<typeof askOf> {
  const cells = rows[row] ?? [];
  const where = columns.flatMap(({ id, type }, i) =>
    type === 'dimension' && cells[i] !== null && cells[i] !== undefined
      ? [{ dimension: id, values: [String(cells[i])] }]
      : [],
  );
  const at = cells[columns.findIndex(({ type }) => type === 'time')];
  const days = { day: 1, week: 7, month: 31 }[ask.grain ?? 'day'];
  const period =
    typeof at === 'number'
      ? { fromMs: Math.max(ask.fromMs, at), toMs: Math.min(ask.toMs, at + days * 86_400_000) }
      : {};
  const taken = new Set(where.map(({ dimension }) => dimension));
  return {
    ...ask,
    ...period,
    where: [...ask.where.filter(({ dimension }) => !taken.has(dimension)), ...where],
    limit: 200,
  };
}

/** As of when, how far back, what is kept back: what one has to know before believing a figure. */
function Standing({ result }: { result: MetricsResult }) {
  const say = useSay();
  const { freshness, coverage, suppressed } = result;
  return (
    <p className={styles.hint}>
      {freshness.isStale && <b className={styles.stale}>{say(BENCH_WORDS.stale)}</b>}
      {say(BENCH_WORDS.asOf)} {localDateTime(freshness.atMs)} · {say(BENCH_WORDS.covered)}{' '}
      {localDateTime(coverage.fromMs).slice(0, 10)} – {localDateTime(coverage.toMs).slice(0, 10)}
      {suppressed.length > 0 && ` · ${say(BENCH_WORDS.suppressedCount(suppressed.length))}`}
    </p>
  );
}

function TakeAway({
  me,
  view,
  result,
  nameOf,
  title,
  picture,
}: {
  me: Me;
  view: View;
  result: MetricsResult;
  nameOf: Namer;
  title: string;
  picture: React.RefObject<(() => string) | undefined>;
}) {
  const say = useSay();
  const language = useLanguage();
  const { serverClock } = useDeps();
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const name = `plumbline-${view.from}-${view.to}`;
  const saveCsv = () => {
    const lead = [
      `${say(WORDS.product)} · ${title} · ${view.from} – ${view.to}`,
      `${say(BENCH_WORDS.exporter)} ${me.login} · ${say(BENCH_WORDS.exportedAt)} ${localDateTime(serverClock.now())} · ${say(BENCH_WORDS.dataVersion)} ${result.dataVersion}`,
    ];
    const csv = csvOf(result, nameOf, { language, suppressed: say(BENCH_WORDS.suppressed), lead });
    saveFile(new Blob([csv], { type: 'text/csv;charset=utf-8' }), `${name}.csv`);
  };
  const savePng = async () => {
    const address = picture.current?.();
    if (address) saveFile(new Blob([bytesOf(address)], { type: 'image/png' }), `${name}.png`);
  };
  return (
    <span className={styles.acts}>
      <button type="button" onClick={saveCsv}>
        {say(BENCH_WORDS.exportCsv)}
      </button>
      {view.chart !== 'map' && view.chart !== 'table' && (
        <button type="button" onClick={() => void savePng()}>
          {say(BENCH_WORDS.exportPng)}
        </button>
      )}
      <button type="button" onClick={() => print()}>
        {say(BENCH_WORDS.print)}
      </button>
      <button
        type="button"
        onClick={() =>
          navigator.clipboard.writeText(location.href).then(
            () => setCopied('yes'),
            () => setCopied('no'),
          )
        }
      >
        {say(BENCH_WORDS.copyLink)}
      </button>
      <span role="status">
        {copied && say(copied === 'yes' ? BENCH_WORDS.copied : BENCH_WORDS.copyAway)}
      </span>
    </span>
  );
}

/** The bytes of a `data:` address. */
const bytesOf = (address: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(address.slice(address.indexOf(',') + 1)), (char) => char.charCodeAt(0));
