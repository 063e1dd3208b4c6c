// The rules: what is in force, how often it speaks and how often it is right; the grading table they follow.
// Analysts propose changes here, administrators approve them.

import { useQuery } from '@tanstack/react-query';
import type { GradingAnswer, RuleList } from '../../app/api/rules.ts';
import type { Me } from '../../app/api/session.ts';
import { getJson } from '../shared/api.ts';
import { Failure } from '../shared/mishap.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePage } from '../shared/use-page.ts';
import { Waiting } from '../shared/waiting.tsx';
import { WORDS } from '../shared/words.ts';
import { BacktestPane } from './backtest/backtest-pane.tsx';
import { GradingGrid } from './grading-grid.tsx';
import { RulePane } from './rule-pane.tsx';
import { RuleTable } from './rule-table.tsx';
import styles from './rules-page.module.css';

export function RulesPage({
  me,
  ruleId,
  part,
}: {
  me: Me;
  ruleId: string | undefined;
  part?: 'backtest';
}) {
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.rules} />
      {ruleId === undefined ? (
        <Overview />
      ) : part === 'backtest' ? (
        <BacktestPane key={ruleId} me={me} ruleId={ruleId} />
      ) : (
        <RulePane key={ruleId} me={me} ruleId={ruleId} />
      )}
    </div>
  );
}

function Overview() {
  const rules = useQuery({
    queryKey: ['rules'],
    queryFn: ({ signal }) => getJson<RuleList>('/api/rules', signal),
    refetchInterval: 30_000,
  });
  const grading = useQuery({
    queryKey: ['rule-pack', 'grading'],
    queryFn: ({ signal }) => getJson<GradingAnswer>('/api/rule-pack/grading', signal),
  });
  usePage('rules', { ready: rules.data !== undefined && grading.data !== undefined });
  if (rules.error && !rules.data) return <Failure error={rules.error} />;
  if (!rules.data) return <Waiting />;
  return (
    <main className={styles.overview}>
      <RuleTable rules={rules.data.rules} />
      {grading.data && <GradingGrid table={grading.data.table} />}
    </main>
  );
}
