// The analyst's workbench: the question on the left, the answer in the middle, what is kept of it on the right.
// All of it stands in the address, so that every view is a link.

import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { MetricAnswerBody, MetricList } from '../../app/api/metrics.ts';
import type { Me } from '../../app/api/session.ts';
import { localDate } from '../../core/local-time.ts';
import type { Namer } from '../../models/workbench/name-cells.ts';
import {
  askOf,
  CHARTS,
  firstView,
  MAP_DIMENSION,
  queryOf,
  viewOf,
  type View,
} from '../../models/workbench/view-state.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { navigate, useQueryText, WORKBENCH_PATH } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { Answer } from './answer.tsx';
import { KeptView } from './kept-view.tsx';
import { NotesBox } from './notes-box.tsx';
import { keepReason, keptReason } from './reason.ts';
import { QuestionPanel } from './question-panel.tsx';
import { SavedViews } from './saved-views.tsx';
import type { Shaped } from './shape-result.ts';
import { useRead } from './use-read.ts';
import { useSavedViews } from './use-saved-views.ts';
import { BENCH_WORDS, CHART_NAMES } from './words.ts';
import styles from './workbench-page.module.css';

export function WorkbenchPage({ me }: { me: Me }) {
  const say = useSay();
  const report = new URLSearchParams(useQueryText()).get('report');
  const catalogue = useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => getJson<MetricList>('/api/metrics', signal),
    staleTime: 60_000,
  });
  const views = useSavedViews();
  const problem = catalogue.error && !catalogue.data ? problemIn(catalogue.error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.workbench} />
      {catalogue.data && (views.data ?? views.error) ? (
        report === null ? (
          <Workbench catalogue={catalogue.data} />
        ) : (
          <KeptView key={report} id={report} catalogue={catalogue.data} />
        )
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

/** The metric the workbench opens with. */
const FIRST_METRIC = 'alerts-raised';

function Workbench({ catalogue }: { catalogue: MetricList }) {
  const { serverClock } = useDeps();
  const address = useQueryText();
  const [openedAtMs] = useState(() => serverClock.now());
  const view = useMemo(() => {
    const first = catalogue.metrics.find(({ id }) => id === FIRST_METRIC) ?? catalogue.metrics[0];
    return viewOf(address, firstView(openedAtMs, first));
  }, [address, openedAtMs, catalogue]);
  const set = (next: View) => navigate(WORKBENCH_PATH, { query: queryOf(next) });
  const [reason, setReason] = useState(keptReason);
  const answered = useAnswer(view, { catalogue, reason });
  const { data, error, isPlaceholderData, isIdle, shaped } = answered;
  const [mapReady, setMapReady] = useState(false);
  const isMapPending = view.chart === 'map' && !mapReady && data !== undefined;
  usePage('workbench', {
    ready:
      isIdle ||
      error !== null ||
      (data !== undefined && !isPlaceholderData && !(isMapPending && data.rows.length > 0)),
  });
  const onMapReady = useCallback(() => setMapReady(true), []);
  return (
    <div className={styles.columns}>
      <aside className={styles.aside}>
        <QuestionPanel
          {...{ catalogue, view, set, reason }}
          setReason={(next) => setReason(keepReason(next))}
        />
      </aside>
      <main className={styles.main}>
        <Middle {...{ catalogue, view, set, answered, reason, onMapReady }} />
      </main>
      <aside className={styles.aside}>
        <SavedViews query={queryOf(view)} />
        <NotesBox
          notes={view.notes}
          points={(shaped?.keys ?? []).map((key, i) => ({ key, name: shaped?.along[i] ?? key }))}
          set={(notes) => set({ ...view, notes: [...notes] })}
        />
      </aside>
    </div>
  );
}

type Answered = {
  readonly data: MetricAnswerBody | undefined;
  readonly error: unknown;
  readonly isPlaceholderData: boolean;
  readonly isIdle: boolean;
  readonly nameOf: Namer | undefined;
  readonly shaped: Shaped | undefined;
  again(): void;
};

function useAnswer(
  view: View,
  { catalogue, reason }: { catalogue: MetricList; reason: string },
): Answered {
  const ask = useMemo(() => askOf(view, ''), [view]);
  const isIdle = view.metrics.length === 0 || !isMappable(view, catalogue);
  const { data, error, isPlaceholderData, refetch } = useQuery({
    // The same figures for whatever purpose.
    queryKey: ['metrics-query', ask],
    queryFn: () => postJson<MetricAnswerBody>('/api/metrics/query', { ...ask, purpose: reason }),
    enabled: !isIdle,
    staleTime: 60_000,
    placeholderData: (before) => before,
  });
  const read = useRead(data, { catalogue, view });
  return {
    data,
    error,
    isPlaceholderData,
    isIdle,
    nameOf: read?.nameOf,
    shaped: read?.shaped,
    again: () => void refetch(),
  };
}

/** Only what is counted by county can be shown on a map. */
const isMappable = ({ chart, metrics }: View, catalogue: MetricList): boolean =>
  chart !== 'map' ||
  (catalogue.metrics.find(({ id }) => id === metrics[0])?.dimensions.includes(MAP_DIMENSION) ??
    false);

function Middle({
  catalogue,
  view,
  set,
  answered,
  reason,
  onMapReady,
}: {
  catalogue: MetricList;
  view: View;
  set(view: View): void;
  answered: Answered;
  reason: string;
  onMapReady(): void;
}) {
  const say = useSay();
  const { data, error, nameOf, shaped, again } = answered;
  return (
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
      ) : !isMappable(view, catalogue) ? (
        <p className={styles.hint}>{say(BENCH_WORDS.noCounty)}</p>
      ) : error ? (
        <Refused {...{ error, catalogue, view, set, again }} />
      ) : data && nameOf && shaped ? (
        <Answer {...{ catalogue, view, nameOf, shaped, reason, again, onMapReady }} result={data} />
      ) : (
        <p role="status">{say(WORDS.loading)}</p>
      )}
    </section>
  );
}

/** Why there is no answer, and the way to one. */
function Refused({
  error,
  catalogue,
  view,
  set,
  again,
}: {
  error: unknown;
  catalogue: MetricList;
  view: View;
  set(view: View): void;
  again(): void;
}) {
  const say = useSay();
  const { says, detail, hint } = problemIn(error);
  const firstDay = firstDayOf(view, catalogue);
  const starts = firstDay !== undefined && view.from < firstDay;
  return (
    <div className={styles.refused} role="alert">
      <h1 className={styles.wrong}>{say(says)}</h1>
      {detail && !starts && <p className={styles.hint}>{detail}</p>}
      {hint && <p>{say(hint)}</p>}
      <p className={styles.acts}>
        {starts && (
          <button
            type="button"
            onClick={() =>
              set({ ...view, from: firstDay, to: view.to < firstDay ? firstDay : view.to })
            }
          >
            {say(BENCH_WORDS.fromFirstDay(firstDay))}
          </button>
        )}
        <button type="button" onClick={again}>
          {say(BENCH_WORDS.again)}
        </button>
      </p>
    </div>
  );
}

/** The first day all chosen metrics are known of. */
function firstDayOf({ metrics }: View, catalogue: MetricList): string | undefined {
  const firsts = catalogue.metrics.flatMap(({ id, coveredFromMs }) =>
    metrics.includes(id) && coveredFromMs !== null ? [coveredFromMs] : [],
  );
  return firsts.length === 0 ? undefined : localDate(Math.max(...firsts));
}
