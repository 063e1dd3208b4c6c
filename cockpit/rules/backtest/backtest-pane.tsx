// Backtests of one rule: ask for one, see how far it is, read what it would change. Which one is looked at
// stands in the address.

import { useQuery } from '@tanstack/react-query';
import type { BacktestJobAnswer, BacktestList } from '../../../app/api/backtests.ts';
import type { RuleDetail } from '../../../app/api/rules.ts';
import type { Me } from '../../../app/api/session.ts';
import { getJson } from '../../shared/api.ts';
import { useSay } from '../../shared/language.tsx';
import { Failure } from '../../shared/mishap.tsx';
import { backtestPath, navigate, rulePath, useQueryText } from '../../shared/router.ts';
import { changesRules } from '../../shared/session.ts';
import { usePage } from '../../shared/use-page.ts';
import { Waiting } from '../../shared/waiting.tsx';
import { Panel } from '../panel.tsx';
import { BacktestForm } from './backtest-form.tsx';
import { BacktestResult } from './backtest-result.tsx';
import { BacktestRuns } from './backtest-runs.tsx';
import { listKey, listPath } from './paths.ts';
import { BacktestProgressPanel } from './progress-panel.tsx';
import { BACKTEST_WORDS } from './words.ts';
import rules from '../rules-page.module.css';
import styles from './backtest.module.css';

const LOOK_MS = 1_000;
const LOOK_SELDOM_MS = 15_000;

export function BacktestPane({ me, ruleId }: { me: Me; ruleId: string }) {
  return changesRules(me.role) ? <Pane ruleId={ruleId} /> : <NotYours />;
}

function NotYours() {
  const say = useSay();
  usePage('rules', { ready: true });
  return (
    <main className={rules.rule}>
      <p>{say(BACKTEST_WORDS.notYours)}</p>
    </main>
  );
}

function Pane({ ruleId }: { ruleId: string }) {
  const say = useSay();
  const rule = useQuery({
    queryKey: ['rules', 'one', ruleId],
    queryFn: ({ signal }) =>
      getJson<RuleDetail>(`/api/rules/${encodeURIComponent(ruleId)}`, signal),
  });
  const list = useQuery({
    queryKey: listKey(ruleId),
    queryFn: ({ signal }) => getJson<BacktestList>(listPath(ruleId), signal),
    refetchInterval: ({ state }) => (state.data?.jobs.some(isUnderWay) ? LOOK_MS : LOOK_SELDOM_MS),
  });
  const chosen = new URLSearchParams(useQueryText()).get('run');
  const job = list.data?.jobs.find(({ id }) => id === chosen) ?? list.data?.jobs[0];
  const hasData = rule.data !== undefined && list.data !== undefined;
  usePage('rules', { ready: hasData && job?.state !== 'done' });
  const error = rule.error ?? list.error;
  if (!rule.data || !list.data) return error ? <Failure error={error} /> : <Waiting />;
  return (
    <main className={rules.rule}>
      <div className={rules.title}>
        <a
          href={rulePath(ruleId)}
          onClick={(event) => {
            event.preventDefault();
            navigate(rulePath(ruleId));
          }}
        >
          ← {say(BACKTEST_WORDS.toRule)}
        </a>
        <h1>
          {say(rule.data.title)} · {say(BACKTEST_WORDS.backtest)}
        </h1>
      </div>
      <div className={styles.columns}>
        <div className={styles.side}>
          <BacktestForm rule={rule.data} list={list.data} />
          <BacktestRuns
            jobs={list.data.jobs}
            chosen={job?.id}
            onChoose={(id) => navigate(backtestPath(ruleId), { query: { run: id } })}
          />
        </div>
        <div className={styles.main} data-has-job={job !== undefined}>
          {!job && (
            <Panel title={BACKTEST_WORDS.result}>
              <p className={rules.empty}>{say(BACKTEST_WORDS.noRuns)}</p>
            </Panel>
          )}
          {job && job.state !== 'done' && <BacktestProgressPanel key={job.id} job={job} />}
          {job?.state === 'done' && <BacktestResult key={job.id} job={job} />}
        </div>
      </div>
    </main>
  );
}

const isUnderWay = ({ state }: BacktestJobAnswer): boolean =>
  state === 'queued' || state === 'running';
