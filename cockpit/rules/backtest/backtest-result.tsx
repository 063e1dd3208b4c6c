// What a backtest says: figures, where on the map, which counties and shifts, samples with their evidence.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BacktestReport } from '../../../app/api/backtest-report.ts';
import type { BacktestDetail, BacktestJobAnswer } from '../../../app/api/backtests.ts';
import { getJson } from '../../shared/api.ts';
import { countText } from '../../shared/format.ts';
import { useSay } from '../../shared/language.tsx';
import { StateMark } from '../../shared/marks.tsx';
import { usePage } from '../../shared/use-page.ts';
import { Waiting } from '../../shared/waiting.tsx';
import { Panel } from '../panel.tsx';
import { Trouble } from '../trouble.tsx';
import { periodText } from './backtest-runs.tsx';
import { ChangesMap } from './changes-map.tsx';
import { DiscardButton } from './discard-button.tsx';
import { jobPath } from './paths.ts';
import { Samples, samplesOf } from './samples.tsx';
import { CountyTable, LevelTable, ShiftTable, signed } from './tables.tsx';
import { BACKTEST_WORDS, becauseText, CHANGE_NAMES, CHANGES } from './words.ts';
import styles from './backtest.module.css';

export function BacktestResult({ job }: { job: BacktestJobAnswer }) {
  const { data, error } = useQuery({
    queryKey: ['backtests', job.ruleId, job.id],
    queryFn: ({ signal }) => getJson<BacktestDetail>(jobPath(job), signal),
    // What is done stays as it is; whether an approval may rest on it is with the list.
    staleTime: Infinity,
  });
  const [mapReady, setMapReady] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const result = data?.result;
  usePage('rules', { ready: result !== undefined && mapReady });
  if (error) return <Trouble error={error} />;
  if (!result) return <Waiting />;
  const { report, changes } = result;
  const samples = samplesOf(report);
  return (
    <>
      <Summary job={job} report={report} isWhole={result.isWhole} />
      <div className={styles.where}>
        <ChangesMap
          {...{ report, changes, chosen }}
          sampled={samples.map(({ id }) => id)}
          onChoose={setChosen}
          onReady={() => setMapReady(true)}
        />
        <CountyTable report={report} />
      </div>
      <Samples {...{ samples, chosen }} onChoose={setChosen} />
      <ShiftTable report={report} />
      <LevelTable report={report} />
    </>
  );
}

function Summary({
  job,
  report,
  isWhole,
}: {
  job: BacktestJobAnswer;
  report: BacktestReport;
  isWhole: boolean;
}) {
  const say = useSay();
  const { totals, load } = report;
  return (
    <Panel title={BACKTEST_WORDS.result}>
      <div className={styles.summary}>
        <p>
          <code>{job.candidate.version}</code> {say(BACKTEST_WORDS.against)}{' '}
          {job.baseline ? <code>{job.baseline.version}</code> : say(BACKTEST_WORDS.noActive)} ·{' '}
          {periodText(job)} · {say(BACKTEST_WORDS.observations)}{' '}
          {countText(report.history.observations)}
        </p>
        <dl className={styles.figures}>
          <Figure
            name={say(BACKTEST_WORDS.alerts)}
            value={arrow(totals.alerts, countText)}
            note={say(BACKTEST_WORDS.alertsHint)}
          />
          {CHANGES.map((kind) => (
            <Figure key={kind} name={say(CHANGE_NAMES[kind])} value={countText(totals[kind])} />
          ))}
          <Figure
            name={say(BACKTEST_WORDS.unchanged)}
            value={countText(totals.kept)}
            note={`${say(BACKTEST_WORDS.moved)} ${countText(totals.moved)}`}
          />
          <Figure name={say(BACKTEST_WORDS.withdrawn)} value={arrow(totals.withdrawn, countText)} />
          <Figure
            name={say(BACKTEST_WORDS.perDay)}
            value={arrow(
              { baseline: load.baseline.alertsPerDay, candidate: load.candidate.alertsPerDay },
              oneDecimal,
            )}
          />
          <Figure
            name={say(BACKTEST_WORDS.minutes)}
            value={arrow(
              {
                baseline: load.baseline.officerMinutesPerDay,
                candidate: load.candidate.officerMinutesPerDay,
              },
              oneDecimal,
            )}
            note={signed(load.candidate.officerMinutesPerDay - load.baseline.officerMinutesPerDay)}
          />
        </dl>
        <Approvable approvable={job.approvable} />
        {!isWhole && <p className={styles.note}>{say(BACKTEST_WORDS.partial)}</p>}
        <div className={styles.acts}>
          {isWhole && (
            <a className={styles.button} href={`${jobPath(job)}/report`} download>
              {say(BACKTEST_WORDS.download)}
            </a>
          )}
          <DiscardButton job={job} />
        </div>
      </div>
    </Panel>
  );
}

function Approvable({ approvable }: { approvable: BacktestJobAnswer['approvable'] }) {
  const say = useSay();
  if (approvable === null) return null;
  if (approvable === true) {
    return (
      <p className={styles.state}>
        <StateMark state="ok" /> {say(BACKTEST_WORDS.approvable)}
      </p>
    );
  }
  return (
    <p className={styles.state}>
      <StateMark state="warn" /> {say(becauseText(BACKTEST_WORDS.notApprovable, approvable.says))}
    </p>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {note && <small>{note}</small>}
      </dd>
    </div>
  );
}

const arrow = (
  { baseline, candidate }: { baseline: number; candidate: number },
  write: (value: number) => string,
): string => `${write(baseline)} → ${write(candidate)}`;

/** Large numbers need no tenths. */
const oneDecimal = (value: number): string =>
  value >= 1_000 ? countText(value) : value.toFixed(1);
