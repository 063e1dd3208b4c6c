// A backtest that is not done: how far it is and how long it may take, or why it does not go on; and what can
// be done about it.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import type { BacktestJobAnswer, BacktestProgress } from '../../../app/api/backtests.ts';
import { localDateTime } from '../../../core/local-time.ts';
import { deletePath, postJson, RequestProblem } from '../../shared/api.ts';
import { countText, spanText, UNKNOWN } from '../../shared/format.ts';
import { useSay } from '../../shared/language.tsx';
import { Panel } from '../panel.tsx';
import { Trouble } from '../trouble.tsx';
import { percent, periodText } from './backtest-runs.tsx';
import { jobPath, listKey } from './paths.ts';
import { aheadText, BACKTEST_WORDS, STATE_HINTS } from './words.ts';
import styles from './backtest.module.css';

export function BacktestProgressPanel({ job }: { job: BacktestJobAnswer }) {
  const say = useSay();
  const { state, failure } = job;
  return (
    <Panel title={BACKTEST_WORDS.progress} hint={STATE_HINTS[state]}>
      <div className={styles.progress}>
        <p>
          <code>{job.candidate.version}</code> {say(BACKTEST_WORDS.against)}{' '}
          {job.baseline ? <code>{job.baseline.version}</code> : say(BACKTEST_WORDS.noActive)} ·{' '}
          {periodText(job)}
        </p>
        {state === 'queued' ? (
          <p role="status">{say(aheadText(job.ahead))}</p>
        ) : (
          <HowFar progress={job.progress} isRunning={state === 'running'} />
        )}
        {failure && <Trouble error={new RequestProblem(0, failure)} />}
        <Acts job={job} />
      </div>
    </Panel>
  );
}

function HowFar({
  progress,
  isRunning,
}: {
  progress: BacktestProgress | null;
  isRunning: boolean;
}) {
  const say = useSay();
  const id = useId();
  const share = progress?.share ?? 0;
  const phase =
    progress === null ? 'starting' : progress.phase === 'comparing' ? 'comparing' : 'reading';
  return (
    <>
      <p id={id} className={styles.phase}>
        <b>{percent(share)}</b> {isRunning && say(BACKTEST_WORDS[phase])}
      </p>
      <div
        className={styles.bar}
        role="progressbar"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
      >
        <span style={{ inlineSize: percent(share) }} />
      </div>
      <dl className={styles.figures}>
        <div>
          <dt>{say(BACKTEST_WORDS.observations)}</dt>
          <dd>{countText(progress?.observations)}</dd>
        </div>
        <div>
          <dt>{say(BACKTEST_WORDS.reached)}</dt>
          <dd>{progress?.reachedMs ? localDateTime(progress.reachedMs).slice(5, 16) : UNKNOWN}</dd>
        </div>
        {isRunning && (
          <>
            <div>
              <dt>{say(BACKTEST_WORDS.rate)}</dt>
              <dd>
                {countText(progress?.perSecond)} {say(BACKTEST_WORDS.perSecond)}
              </dd>
            </div>
            <div>
              <dt>{say(BACKTEST_WORDS.left)}</dt>
              <dd>{say(spanText(progress?.leftMs))}</dd>
            </div>
          </>
        )}
      </dl>
    </>
  );
}

function Acts({ job }: { job: BacktestJobAnswer }) {
  const say = useSay();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: async (what: 'stop' | 'resume' | 'discard') => {
      if (what === 'discard') await deletePath(jobPath(job));
      else await postJson<BacktestJobAnswer>(`${jobPath(job)}/${what}`, {});
    },
    onSettled: () => queries.invalidateQueries({ queryKey: listKey(job.ruleId), exact: true }),
  });
  const isUnderWay = job.state === 'queued' || job.state === 'running';
  return (
    <div className={styles.acts}>
      {(isUnderWay ? (['stop'] as const) : (['resume', 'discard'] as const)).map((what) => (
        <button
          key={what}
          type="button"
          className={what === 'resume' ? styles.first : undefined}
          disabled={act.isPending}
          onClick={() => act.mutate(what)}
        >
          {say(BACKTEST_WORDS[what])}
        </button>
      ))}
      <Trouble error={act.error} />
    </div>
  );
}
