// Weekly and monthly reports: the report in the middle, what can be done with it beside it. Which one is
// shown stands in the address, so that every report is a link.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeptDetail, ShownReportAnswer } from '../../app/api/reports.ts';
import type { Me } from '../../app/api/session.ts';
import { localDateTime } from '../../core/local-time.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePrintMarked } from '../shared/print-marked.ts';
import { addressOf, REPORTS_PATH, useQueryText } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { ViewReports } from '../workbench/view-reports.tsx';
import { ReportPanel, type Shown } from './report-panel.tsx';
import { ReportView } from './report-view.tsx';
import { PAGE_WORDS } from './words.ts';
import styles from './reports-page.module.css';

export function ReportsPage({ me }: { me: Me }) {
  const say = useSay();
  const address = useQueryText();
  const path = pathOf(address);
  const [purpose, setPurpose] = useState('');
  const { data, error } = useQuery<Shown>({
    queryKey: ['reports', path],
    queryFn: ({ signal }) => getJson<ShownReportAnswer | KeptDetail>(path, signal),
    placeholderData: (before) => before,
  });
  usePage('reports', { ready: data !== undefined || error !== null });
  const printing = usePrintMarked();
  const problem = error ? problemIn(error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.reports} />
      <div className={styles.columns}>
        <main className={styles.main}>
          {problem ? (
            <div className={styles.problem} role="alert">
              <h1>{say(problem.says)}</h1>
              {problem.detail && <p>{problem.detail}</p>}
              {problem.hint && <p>{say(problem.hint)}</p>}
              {problem.code !== 'forbidden' && (
                <a href={addressOf(REPORTS_PATH, {}, address)}>{say(PAGE_WORDS.toLatest)}</a>
              )}
            </div>
          ) : data ? (
            <ReportView document={data.document} />
          ) : (
            <p role="status">{say(WORDS.loading)}</p>
          )}
        </main>
        <ReportPanel
          me={me}
          shown={problem ? undefined : data}
          {...{ purpose, printing }}
          onPurpose={setPurpose}
        >
          {me.rights?.includes('metric.read') && <ViewReports />}
        </ReportPanel>
      </div>
      {/* Only on paper, on every sheet. */}
      {data && (
        <p className={styles.mark} aria-hidden="true">
          {printing.mark
            ? say(printing.mark.line)
            : `${say(me.name)}（${me.login}） ${localDateTime(data.nowMs).slice(0, 16)} ${purpose}`}
        </p>
      )}
      {printing.mark && (
        <p className={styles.digest} aria-hidden="true">
          {say(printing.mark.line)} {printing.mark.digest}
        </p>
      )}
    </div>
  );
}

/** What to ask for: a kept report, or one counted now. */
function pathOf(address: string): string {
  const query = new URLSearchParams(address);
  const kept = query.get('kept');
  if (kept) return `/api/reports/kept/${encodeURIComponent(kept)}`;
  const asked = new URLSearchParams();
  for (const name of ['period', 'from', 'to', 'region']) {
    const value = query.get(name);
    if (value) asked.set(name, value);
  }
  return `/api/reports?${asked.toString()}`;
}
