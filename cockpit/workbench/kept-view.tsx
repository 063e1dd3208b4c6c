// A scheduled view as it was counted: the same picture, its figures fixed.

import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { MetricList } from '../../app/api/metrics.ts';
import type { ViewReport, ViewReportDetail } from '../../app/api/saved-views.ts';
import { during, firstView, queryOf, viewOf } from '../../models/workbench/view-state.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import {
  addressOf,
  navigate,
  REPORTS_PATH,
  useQueryText,
  WORKBENCH_PATH,
} from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { Answer } from './answer.tsx';
import { keptReason } from './reason.ts';
import { useRead } from './use-read.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

export function KeptView({ id, catalogue }: { id: string; catalogue: MetricList }) {
  const say = useSay();
  const address = useQueryText();
  const { data, error } = useQuery({
    queryKey: ['view-report', id],
    queryFn: ({ signal }) =>
      getJson<ViewReportDetail>(`/api/view-reports/${encodeURIComponent(id)}`, signal),
    staleTime: Infinity,
  });
  const view = useMemo(() => {
    if (!data) return undefined;
    const { fromMs, untilMs } = data.report.span;
    return during(viewOf(data.query, firstView(fromMs, undefined)), { fromMs, toMs: untilMs });
  }, [data]);
  const [mapReady, setMapReady] = useState(false);
  const onMapReady = useCallback(() => setMapReady(true), []);
  const awaitsMap = view?.chart === 'map' && (data?.answer?.rows.length ?? 0) > 0;
  usePage('workbench', {
    ready: error !== null || (data !== undefined && (!awaitsMap || mapReady)),
  });
  const read = useRead(data?.answer, { catalogue, view });
  const problem = error ? problemIn(error) : data?.report.problem;
  return (
    <main className={styles.alone}>
      <section className={styles.box} aria-label={say(BENCH_WORDS.viewReports)}>
        {data && (
          <Kept report={data.report}>
            {view && (
              <button
                type="button"
                onClick={() => navigate(WORKBENCH_PATH, { query: queryOf(view) })}
              >
                {say(BENCH_WORDS.openNow)}
              </button>
            )}
            <a href={addressOf(REPORTS_PATH, {}, address)}>{say(BENCH_WORDS.toReports)}</a>
          </Kept>
        )}
        {problem ? (
          <div className={styles.refused} role="alert">
            <h1 className={styles.wrong}>{say(problem.says)}</h1>
            {problem.hint && <p>{say(problem.hint)}</p>}
            {!data && (
              <a href={addressOf(REPORTS_PATH, {}, address)}>{say(BENCH_WORDS.toReports)}</a>
            )}
          </div>
        ) : data?.answer && view && read ? (
          <Answer
            {...{ catalogue, view, onMapReady }}
            report={id}
            {...read}
            result={data.answer}
            reason={keptReason()}
          />
        ) : (
          <p role="status">{say(WORDS.loading)}</p>
        )}
      </section>
    </main>
  );
}

function Kept({ report, children }: { report: ViewReport; children: React.ReactNode }) {
  const say = useSay();
  return (
    <div className={styles.keptNote}>
      <b>
        {report.title} · {say(report.name)}
      </b>
      <span>
        {say(BENCH_WORDS.kept)} · {say(BENCH_WORDS.keptBy)} {say(report.ownerName)} ·{' '}
        {say(BENCH_WORDS.keptAt)} {say(dayClockText(report.madeAtMs))}
        {report.hash && ` · ${say(BENCH_WORDS.keptHash)} ${report.hash.slice(0, 12)}`}
      </span>
      <span className={styles.acts}>{children}</span>
    </div>
  );
}
