// What lies behind figures: how they were counted, and which records they count.

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type {
  MetricAnswerBody,
  MetricList,
  MetricRecordsBody,
  MetricRecordsQuestion,
} from '../../app/api/metrics.ts';
import { localDateTime } from '../../core/local-time.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { alertPath } from '../shared/router.ts';
import { WORDS } from '../shared/words.ts';
import { Sheet } from './sheet.tsx';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

export function ReceiptDialog({
  result,
  metrics,
  close,
}: {
  result: MetricAnswerBody;
  metrics: MetricList['metrics'];
  close(): void;
}) {
  const say = useSay();
  const facts = [
    [BENCH_WORDS.asOf, localDateTime(result.freshness.knownUntilMs)],
    [
      BENCH_WORDS.covered,
      `${localDateTime(result.coverage.fromMs)} – ${localDateTime(result.coverage.untilMs)}`,
    ],
    [BENCH_WORDS.dataVersion, result.dataVersion],
    [
      BENCH_WORDS.rollup,
      `${result.rollup ?? say(BENCH_WORDS.rawRows)}${result.fromMemory ? say(BENCH_WORDS.inMemory) : ''}`,
    ],
  ] as const;
  return (
    <Sheet title={BENCH_WORDS.receiptOf} close={close}>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name.en}>
            <dt>{say(name)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {metrics.map(({ id, name, meaning, owner, refresh, privacyFloor }) => (
        <section key={id}>
          <h3>{say(name)}</h3>
          <p>{say(meaning)}</p>
          <p className={styles.hint}>
            {say(BENCH_WORDS.owner)} {say(owner)} · {say(BENCH_WORDS.refresh)} {say(refresh)}
            {privacyFloor > 0 && ` · ${say(BENCH_WORDS.floor)} ${privacyFloor}`}
          </p>
        </section>
      ))}
      <h3>{say(BENCH_WORDS.sql)}</h3>
      <pre className={styles.sql} tabIndex={0}>
        {result.sql.join('\n\n')}
      </pre>
    </Sheet>
  );
}

export function RecordsDialog({
  ask,
  label,
  dimensions,
  close,
}: {
  ask: MetricRecordsQuestion;
  label: string;
  dimensions: MetricList['dimensions'];
  close(): void;
}) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['metric-records', ask],
    queryFn: () => postJson<MetricRecordsBody>('/api/metrics/records', ask),
  });
  const problem = error ? problemIn(error) : undefined;
  return (
    <Sheet title={BENCH_WORDS.recordsOf} close={close}>
      <p className={styles.hint}>{label}</p>
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)} {problem.hint && say(problem.hint)}
        </p>
      )}
      {!data && !problem && <p role="status">{say(WORDS.loading)}</p>}
      {data?.rows.length === 0 && <p>{say(BENCH_WORDS.noRecords)}</p>}
      {data && data.rows.length > 0 && (
        <>
          <p className={styles.hint}>
            {say(BENCH_WORDS.recordsShown(data.rows.length, data.total))}
          </p>
          <Records {...{ data, dimensions }} />
        </>
      )}
    </Sheet>
  );
}

function Records({
  data: { columns, rows },
  dimensions,
}: {
  data: MetricRecordsBody;
  dimensions: MetricList['dimensions'];
}) {
  const say = useSay();
  const names = columns.map(
    ({ id }) => new Map(dimensions[id]?.values?.map(({ value, name }) => [value, say(name)])),
  );
  const shown = (i: number, cell: MetricRecordsBody['rows'][number][number]): ReactNode => {
    if (cell === null || cell === '') return UNKNOWN;
    const type = columns[i]?.type;
    if (type === 'time' && typeof cell === 'number') return localDateTime(cell);
    if (type === 'alert') return <a href={alertPath(String(cell))}>{cell}</a>;
    return names[i]?.get(String(cell)) ?? String(cell);
  };
  return (
    <div
      className={styles.scroll}
      tabIndex={0}
      role="region"
      aria-label={say(BENCH_WORDS.recordsOf)}
    >
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map(({ id, name }) => (
              <th key={id} scope="col">
                {say(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={`${row} ${String(cells[0])}`}>
              {columns.map(({ id }, i) => (
                <td key={id}>{shown(i, cells[i] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
