// The backtests of a rule that are kept: how each stands, and which one is looked at.

import type { BacktestJobAnswer } from '../../../app/api/backtests.ts';
import { localDateTime } from '../../../core/local-time.ts';
import { useSay } from '../../shared/language.tsx';
import { StateMark } from '../../shared/marks.tsx';
import { Panel } from '../panel.tsx';
import { BACKTEST_WORDS, STATE_NAMES } from './words.ts';
import rules from '../rules-page.module.css';
import styles from './backtest.module.css';

const MARKS = {
  queued: 'unknown',
  running: 'ok',
  stopped: 'warn',
  interrupted: 'warn',
  failed: 'bad',
  done: 'ok',
} as const;

export function BacktestRuns({
  jobs,
  chosen,
  onChoose,
}: {
  jobs: readonly BacktestJobAnswer[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
}) {
  const say = useSay();
  return (
    <Panel title={BACKTEST_WORDS.runs}>
      {jobs.length === 0 && <p className={rules.empty}>{say(BACKTEST_WORDS.noRuns)}</p>}
      <ul className={styles.runs}>
        {jobs.map((job) => (
          <li key={job.id}>
            <button type="button" aria-current={job.id === chosen} onClick={() => onChoose(job.id)}>
              <span className={styles.state}>
                <StateMark state={MARKS[job.state]} />
                {say(STATE_NAMES[job.state])}
                {job.state === 'running' && job.progress && ` ${percent(job.progress.share)}`}
              </span>
              <code>{job.candidate.version}</code>
              <span>{periodText(job)}</span>
              <small>
                {say(BACKTEST_WORDS.by)} {say(job.startedBy)} {minute(job.askedAtMs)}
              </small>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Rounded down, so that all of it means all of it. */
export const percent = (share: number): string => `${Math.floor(share * 100)}%`;

/** `11-08 20:47 – 11-22 20:47` */
export const periodText = ({ fromMs, untilMs }: { fromMs: number; untilMs: number }): string =>
  `${minute(fromMs)} – ${minute(untilMs)}`;

const minute = (atMs: number): string => localDateTime(atMs).slice(5, 16);
