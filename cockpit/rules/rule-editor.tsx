// The text of a rule, with line numbers. A change is checked by the server, which runs the tests in it, and
// only what passed can be proposed.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { RuleChecked, RuleDetail } from '../../app/api/rules.ts';
import type { Me } from '../../app/api/session.ts';
import { postJson } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { draftOf, keepDraft } from './drafts.ts';
import { Panel } from './panel.tsx';
import { Trouble } from './trouble.tsx';
import { RULE_WORDS } from './words.ts';
import styles from './rules-page.module.css';

export function RuleEditor({ me, rule }: { me: Me; rule: RuleDetail }) {
  const say = useSay();
  const queries = useQueryClient();
  const mayChange = me.role === 'analyst' || me.role === 'administrator';
  const shown = rule.versions.inFile ?? rule.versions.active ?? rule.versions.onTrial;
  const original = rule.texts.find(({ version }) => version === shown)?.text ?? '';
  const [text, setText] = useState(draftOf(rule.id) ?? original);
  const [reason, setReason] = useState('');
  const gutter = useRef<HTMLPreElement>(null);
  const check = useMutation({
    mutationFn: () => postJson<RuleChecked>('/api/rules/check', { text }),
  });
  const propose = useMutation({
    mutationFn: () =>
      postJson<RuleDetail>(`/api/rules/${encodeURIComponent(rule.id)}/proposals`, { text, reason }),
    onSuccess: (detail) => queries.setQueryData(['rules', 'one', rule.id], detail),
  });
  const change = (next: string) => {
    setText(next);
    keepDraft(rule.id, next === original ? undefined : next);
    check.reset();
    propose.reset();
  };
  const checked = check.data;
  const isSound = checked?.tests.every(({ passed }) => passed) ?? false;
  const lines = text.split('\n').length;
  return (
    <Panel title={RULE_WORDS.ruleText} hint={mayChange ? RULE_WORDS.textHint : RULE_WORDS.readOnly}>
      <div className={styles.editor}>
        <pre ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, index) => index + 1).join('\n')}
        </pre>
        <textarea
          aria-label={say(RULE_WORDS.ruleText)}
          value={text}
          readOnly={!mayChange}
          spellCheck={false}
          wrap="off"
          rows={28}
          onChange={(event) => change(event.target.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
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
          <button type="button" disabled={text === original} onClick={() => change(original)}>
            {say(RULE_WORDS.reset)}
          </button>
          <button type="button" disabled={check.isPending} onClick={() => check.mutate()}>
            {say(RULE_WORDS.check)}
          </button>
          <button
            type="button"
            className={styles.first}
            disabled={!isSound || text === original || propose.isPending}
            onClick={() => propose.mutate()}
          >
            {say(RULE_WORDS.propose)}
          </button>
        </div>
      )}
      <div role="status" className={styles.outcome}>
        {checked && <Checked checked={checked} />}
        {propose.isSuccess && <p>{say(RULE_WORDS.proposed)}</p>}
        <Trouble error={check.error ?? propose.error} />
      </div>
    </Panel>
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
