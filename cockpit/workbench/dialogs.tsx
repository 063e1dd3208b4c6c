// What lies behind figures: how they were counted, and which records they count.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Text } from '../../core/text.ts';
import { localDateTime } from '../../core/local-time.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import type { Metric, MetricsQuery, MetricsResult, RecordsAnswer } from './contract.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

export function ReceiptDialog({
  result,
  metrics,
  close,
}: {
  result: MetricsResult;
  metrics: readonly Metric[];
  close(): void;
}) {
  const say = useSay();
  const facts = [
    [BENCH_WORDS.asOf, localDateTime(result.freshness.atMs)],
    [
      BENCH_WORDS.covered,
      `${localDateTime(result.coverage.fromMs)} – ${localDateTime(result.coverage.toMs)}`,
    ],
    [BENCH_WORDS.dataVersion, result.dataVersion],
    [BENCH_WORDS.rollup, result.rollup ?? say(BENCH_WORDS.rawRows)],
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
        {result.sql}
      </pre>
    </Sheet>
  );
}

export function RecordsDialog({
  ask,
  label,
  close,
}: {
  ask: MetricsQuery;
  label: string;
  close(): void;
}) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['metric-records', ask],
    queryFn: () => postJson<RecordsAnswer>('/api/metrics/records', ask),
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
          <div
            className={styles.scroll}
            tabIndex={0}
            role="region"
            aria-label={say(BENCH_WORDS.recordsOf)}
          >
            <table className={styles.table}>
              <thead>
                <tr>
                  {data.columns.map(({ id, name }) => (
                    <th key={id} scope="col">
                      {say(name)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.rows.map((cells, row) => (
                  <tr key={`${row} ${String(cells[0])}`}>
                    {data.columns.map(({ id }, i) => (
                      <td key={id}>{cells[i] ?? '—'}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Sheet>
  );
}

function Sheet({ title, close, children }: { title: Text; close(): void; children: ReactNode }) {
  const say = useSay();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="sheet" onClose={close}>
      <h2 id="sheet">{say(title)}</h2>
      {children}
      <button type="button" onClick={() => dialog.current?.close()}>
        {say(BENCH_WORDS.close)}
      </button>
    </dialog>
  );
}
