// The rules: what is in force, how often it speaks and how often it is right; the grading table they follow.
// Analysts propose changes here, administrators approve them.

import { useQuery } from '@tanstack/react-query';
import type { GradingAnswer, RuleList } from '../../app/api/rules.ts';
import type { Me } from '../../app/api/session.ts';
import { getJson } from '../shared/api.ts';
import { useDeps, useSettings } from '../shared/deps.tsx';
import { LanguageSwitch, useSay } from '../shared/language.tsx';
import { PlumbMark } from '../shared/marks.tsx';
import { Failure } from '../shared/mishap.tsx';
import { CONSOLE_PATH, RULES_PATH, WALL_PATH } from '../shared/router.ts';
import { seesPersons, useSignOut } from '../shared/session.ts';
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
      <Header me={me} />
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

function Header({ me }: { me: Me }) {
  const say = useSay();
  const { settings } = useDeps();
  const { theme } = useSettings();
  const signOut = useSignOut();
  return (
    <header className={styles.header}>
      <a className={styles.brand} href={RULES_PATH}>
        <PlumbMark />
        <b>{say(WORDS.product)}</b>
        <span>{say(WORDS.rules)}</span>
      </a>
      <nav className={styles.switches} aria-label={say(WORDS.rules)}>
        {seesPersons(me.role) && <a href={CONSOLE_PATH}>{say(WORDS.console)}</a>}
        <a href={WALL_PATH}>{say(WORDS.wall)}</a>
        <button
          type="button"
          title={say(WORDS.themeSwitch)}
          onClick={() => settings.set({ theme: theme === 'dark' ? 'light' : 'dark' })}
        >
          {say(theme === 'dark' ? WORDS.themeLight : WORDS.themeDark)}
        </button>
        <LanguageSwitch />
        <span className={styles.me}>{say(me.name)}</span>
        <button type="button" onClick={() => void signOut()}>
          {say(WORDS.signOut)}
        </button>
      </nav>
    </header>
  );
}
