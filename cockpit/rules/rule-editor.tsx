// A rule to change: as a form, or as the text it is kept as, with line numbers. A change is checked by the
// server, which runs the tests in it, and only what passed can be proposed.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { RuleChecked, RuleDetail, RuleForm } from '../../app/api/rules.ts';
import type { Me } from '../../app/api/session.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { mistakesIn } from './mistakes.ts';
import { Panel } from './panel.tsx';
import { RuleFormView } from './rule-form.tsx';
import { Switch } from './switch.tsx';
import { Trouble } from './trouble.tsx';
import type { RuleDraft } from './use-rule-draft.ts';
import { RULE_WORDS } from './words.ts';
import styles from './rules-page.module.css';

const WAYS = { form: RULE_WORDS.form, text: RULE_WORDS.text } as const;

export function RuleEditor({
  me,
  rule,
  form,
  draft,
}: {
  me: Me;
  rule: RuleDetail;
  form: RuleForm;
  draft: RuleDraft;
}) {
  const say = useSay();
  const queries = useQueryClient();
  const mayChange = me.role === 'analyst' || me.role === 'system-administrator';
  const [way, setWay] = useState<keyof typeof WAYS>('form');
  const [reason, setReason] = useState('');
  const check = useMutation({
    mutationFn: (text: string) => postJson<RuleChecked>('/api/rules/check', { text }),
  });
  const propose = useMutation({
    mutationFn: (text: string) =>
      postJson<RuleDetail>(`/api/rules/${encodeURIComponent(rule.id)}/proposals`, { text, reason }),
    onSuccess: (detail) => queries.setQueryData(['rules', 'one', rule.id], detail),
  });
  // What was said about another text no longer counts.
  const isAbout = (about: string | undefined) => about === draft.text;
  const checked = isAbout(check.variables) ? check.data : undefined;
  const error =
    (isAbout(check.variables) ? check.error : null) ??
    (isAbout(propose.variables) ? propose.error : null);
  const isSound = checked?.tests.every(({ passed }) => passed) ?? false;
  const mistakes = error ? mistakesIn(problemIn(error).detail) : [];
  return (
    <Panel
      title={RULE_WORDS.ruleContent}
      hint={mayChange ? RULE_WORDS.textHint : RULE_WORDS.readOnly}
      action={<Switch label={RULE_WORDS.way} ways={WAYS} way={way} choose={setWay} />}
    >
      {way === 'form' ? (
        <RuleFormView
          form={form}
          draft={draft}
          readOnly={!mayChange}
          mistakes={mistakes}
          check={() => {
            if (draft.isChanged && !isAbout(check.variables)) check.mutate(draft.text);
          }}
        />
      ) : (
        <RuleText text={draft.text} readOnly={!mayChange} change={draft.setText} />
      )}
      {mayChange && (
        <div className={styles.acting}>
          <label>
            {say(RULE_WORDS.reason)}
            <input
              value={reason}
              maxLength={1_000}
              onChange={(event) => setReason(event.target.value)}
            />
          </label>
          <button type="button" disabled={!draft.isChanged} onClick={draft.reset}>
            {say(RULE_WORDS.reset)}
          </button>
          <button type="button" disabled={check.isPending} onClick={() => check.mutate(draft.text)}>
            {say(RULE_WORDS.check)}
          </button>
          <button
            type="button"
            className={styles.first}
            disabled={!isSound || !draft.isChanged || propose.isPending}
            onClick={() => propose.mutate(draft.text)}
          >
            {say(RULE_WORDS.propose)}
          </button>
        </div>
      )}
      <div role="status" className={styles.outcome}>
        {checked && <Checked checked={checked} />}
        {propose.isSuccess && isAbout(propose.variables) && <p>{say(RULE_WORDS.proposed)}</p>}
        <Trouble error={error} />
      </div>
    </Panel>
  );
}

function RuleText({
  text,
  readOnly,
  change,
}: {
  text: string;
  readOnly: boolean;
  change: (text: string) => void;
}) {
  const say = useSay();
  const gutter = useRef<HTMLPreElement>(null);
  const lines = text.split('\n').length;
  return (
    <div className={styles.editor}>
      <pre ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, index) => index + 1).join('\n')}
      </pre>
      <textarea
        aria-label={say(RULE_WORDS.ruleText)}
        value={text}
        readOnly={readOnly}
        spellCheck={false}
        wrap="off"
        rows={28}
        onChange={(event) => change(event.target.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}

function Checked({ checked }: { checked: RuleChecked }) {
  const say = useSay();
  return (
    <>
      <p>
        {say(RULE_WORDS.checkedAs)} <code>{checked.version}</code>
      </p>
      <ul className={styles.tests}>
        {checked.tests.map(({ name, passed, wanted, got }) => (
          <li key={name} data-passed={passed}>
            <b>{say(passed ? RULE_WORDS.passed : RULE_WORDS.failed)}</b> {name}
            {!passed && (
              <dl>
                <dt>{say(RULE_WORDS.wanted)}</dt>
                <dd>{wanted.join('；') || say(RULE_WORDS.nothing)}</dd>
                <dt>{say(RULE_WORDS.got)}</dt>
                <dd>{got.join('；') || say(RULE_WORDS.nothing)}</dd>
              </dl>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
