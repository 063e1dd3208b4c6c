// Views that are counted by themselves each week or month: the list beside the reports, each a link to what was
// counted.

import { useQuery } from '@tanstack/react-query';
import type { ViewReport, ViewReportList } from '../../app/api/saved-views.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { addressOf, navigate, useQueryText, WORKBENCH_PATH } from '../shared/router.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './view-reports.module.css';

export function ViewReports() {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['view-reports'],
    queryFn: ({ signal }) => getJson<ViewReportList>('/api/view-reports', signal),
  });
  return (
    <section className={styles.box} aria-labelledby="view-reports">
      <h2 id="view-reports">{say(BENCH_WORDS.viewReports)}</h2>
      {error && (
        <p className={styles.wrong} role="alert">
          {say(problemIn(error).says)}
        </p>
      )}
      {data?.reports.length === 0 && (
        <p className={styles.hint}>{say(BENCH_WORDS.noViewReports)}</p>
      )}
      <ul className={styles.list}>
        {data?.reports.map((report) => (
          <Row key={report.id} report={report} />
        ))}
      </ul>
    </section>
  );
}

function Row({ report }: { report: ViewReport }) {
  const say = useSay();
  const present = useQueryText();
  const query = { report: report.id };
  return (
    <li>
      <a
        href={addressOf(WORKBENCH_PATH, query, present)}
        onClick={(event) => {
          event.preventDefault();
          navigate(WORKBENCH_PATH, { query });
        }}
      >
        {report.title} · {say(report.name)}
      </a>
      <small>
        {say(report.ownerName)} · {say(dayClockText(report.madeAtMs))}
      </small>
      {report.problem && <small className={styles.wrong}>{say(report.problem.says)}</small>}
    </li>
  );
}
