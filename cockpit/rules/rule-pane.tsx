// One rule: what it says and by whose act it is in force, its text to change and check, and the changes that
// wait for a second person.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RuleDetail, RuleForm } from '../../app/api/rules.ts';
import type { Me } from '../../app/api/session.ts';
import { SUBJECT_CLASSES } from '../../core/order.ts';
import { getJson } from '../shared/api.ts';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { Failure } from '../shared/mishap.tsx';
import { backtestPath, navigate, rulePath, RULES_PATH, useQueryText } from '../shared/router.ts';
import { changesRules } from '../shared/session.ts';
import { usePage } from '../shared/use-page.ts';
import { Waiting } from '../shared/waiting.tsx';
import { CLASS_NAMES, LEVEL_NAMES } from '../shared/words.ts';
import { BenchPane } from './bench/bench-pane.tsx';
import { useBenchState } from './bench/use-bench.ts';
import { BENCH_WORDS } from './bench/words.ts';
import { Panel } from './panel.tsx';
import { Proposals } from './proposals.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { Switch } from './switch.tsx';
import { useRuleDraft } from './use-rule-draft.ts';
import { RULE_WORDS, STATUS_NAMES } from './words.ts';
import styles from './rules-page.module.css';

export function RulePane({ me, ruleId }: { me: Me; ruleId: string }) {
  const { data, error } = useQuery({
    queryKey: ['rules', 'one', ruleId],
    queryFn: ({ signal }) =>
      getJson<RuleDetail>(`/api/rules/${encodeURIComponent(ruleId)}`, signal),
  });
  const { data: form, error: formError } = useQuery({
    queryKey: ['rule-pack', 'form'],
    queryFn: ({ signal }) => getJson<RuleForm>('/api/rule-pack/form', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const view = useView();
  const [isDrawn, setDrawn] = useState(false);
  const ready = data !== undefined && form !== undefined && (view === 'rule' || isDrawn);
  usePage('rules', { ready });
  const failed = error ?? formError;
  if (!data || !form) return failed ? <Failure error={failed} /> : <Waiting />;
  // Another version in the file begins a new piece of work.
  return (
    <RuleWork
      key={data.versions.inFile ?? data.id}
      me={me}
      rule={data}
      form={form}
      view={view}
      onDrawn={() => setDrawn(true)}
    />
  );
}

const VIEWS = { rule: BENCH_WORDS.ruleView, bench: BENCH_WORDS.bench } as const;
type View = keyof typeof VIEWS;

/** The bench has an address of its own. */
const useView = (): View =>
  new URLSearchParams(useQueryText()).get('view') === 'bench' ? 'bench' : 'rule';

function RuleWork({
  me,
  rule: data,
  form,
  view,
  onDrawn,
}: {
  me: Me;
  rule: RuleDetail;
  form: RuleForm;
  view: View;
  onDrawn: () => void;
}) {
  const say = useSay();
  const shown = data.versions.inFile ?? data.versions.active ?? data.versions.onTrial;
  const original = data.texts.find(({ version }) => version === shown)?.text ?? '';
  const draft = useRuleDraft({ ruleId: data.id, original }, form);
  const bench = useBenchState();
  const mayTry = changesRules(me.role);
  return (
    <main className={styles.rule}>
      <div className={styles.title}>
        <a
          href={RULES_PATH}
          onClick={(event) => {
            event.preventDefault();
            navigate(RULES_PATH);
          }}
        >
          ← {say(RULE_WORDS.back)}
        </a>
        <h1>{say(data.title)}</h1>
        <span data-status={data.status}>{say(STATUS_NAMES[data.status])}</span>
        {mayTry && (
          <Switch
            label={BENCH_WORDS.view}
            ways={VIEWS}
            way={view}
            choose={(next) =>
              navigate(rulePath(data.id), {
                query: { view: next === 'bench' ? next : undefined },
                replace: true,
              })
            }
          />
        )}
        {mayTry && (
          <a
            href={backtestPath(data.id)}
            onClick={(event) => {
              event.preventDefault();
              navigate(backtestPath(data.id));
            }}
          >
            {say(RULE_WORDS.backtest)} →
          </a>
        )}
      </div>
      {mayTry && view === 'bench' ? (
        <BenchPane me={me} rule={data} draft={draft} bench={bench} onReady={onDrawn} />
      ) : (
        <div className={styles.columns}>
          <RuleEditor me={me} rule={data} form={form} draft={draft} />
          <div className={styles.side}>
            <Facts rule={data} />
            <Proposals me={me} rule={data} />
            <Acts rule={data} />
          </div>
        </div>
      )}
    </main>
  );
}

function Facts({ rule }: { rule: RuleDetail }) {
  const say = useSay();
  return (
    <Panel title={RULE_WORDS.levels}>
      <dl className={styles.facts}>
        {SUBJECT_CLASSES.map((one) => {
          const level = rule.level[one];
          return (
            <div key={one}>
              <dt>{say(CLASS_NAMES[one])}</dt>
              <dd>
                {level === undefined ? (
                  <span className={styles.quiet}>{say(RULE_WORDS.ungraded)}</span>
                ) : (
                  <span className={styles.level} data-level={level}>
                    <LevelMark level={level} open label={false} />
                    {say(LEVEL_NAMES[level])}
                  </span>
                )}
                {rule.article[one] && <small>{rule.article[one]}</small>}
              </dd>
            </div>
          );
        })}
        <div>
          <dt>{say(RULE_WORDS.owner)}</dt>
          <dd>{rule.owner}</dd>
        </div>
        <div>
          <dt>{say(RULE_WORDS.version)}</dt>
          <dd>
            <code>{rule.versions.active ?? say(RULE_WORDS.none)}</code>
          </dd>
        </div>
        {rule.versions.onTrial && (
          <div>
            <dt>{say(RULE_WORDS.onTrial)}</dt>
            <dd>
              <code>{rule.versions.onTrial}</code>
            </dd>
          </div>
        )}
      </dl>
    </Panel>
  );
}

function Acts({ rule }: { rule: RuleDetail }) {
  const say = useSay();
  return (
    <Panel title={RULE_WORDS.acts}>
      <ol className={styles.acts}>
        {rule.activations.toReversed().map((act) => (
          <li key={`${act.atMs} ${act.ruleVersion}`}>
            <b>
              {say(act.status === 'retired' ? RULE_WORDS.retires : RULE_WORDS.activates)}{' '}
              <code>{act.ruleVersion}</code>
            </b>
            <span>
              {momentText(act.atMs, act.atMs)} · {say(RULE_WORDS.proposedBy)} {say(act.proposedBy)}{' '}
              · {say(RULE_WORDS.approvedBy)} {say(act.approvedBy)}
            </span>
            {act.reason && <q>{act.reason}</q>}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
