// Folded below an alert: why another rule raised nothing about the person, asked for a rule and a time.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { AlertDetail } from '../../app/api/alerts.ts';
import type { Reasons, RuleList, WhyNotAnswer } from '../../app/api/rules.ts';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { addressOf, alertPath } from '../shared/router.ts';
import { asSentence, furtherSentences, raisedSentence, WHY_NOT_WORDS } from './why-not-words.ts';
import styles from './why-not.module.css';

export function WhyNot({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say(WHY_NOT_WORDS.title)}</summary>
      {open && <Question key={alert.id} alert={alert} />}
    </details>
  );
}

type Asked = { readonly ruleId: string; readonly atMs: number };

function Question({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const { data: list } = useQuery({
    queryKey: ['rules'],
    queryFn: ({ signal }) => getJson<RuleList>('/api/rules', signal),
  });
  const rules = list?.rules ?? [];
  const [chosen, setChosen] = useState<string>();
  const [written, setWritten] = useState(() =>
    localDateTime(alert.openedAtMs).slice(0, 16).replace(' ', 'T'),
  );
  const [asked, setAsked] = useState<Asked>();
  const [incomplete, setIncomplete] = useState(false);
  const ruleId = chosen ?? rules.find(({ id }) => id !== alert.ruleId)?.id;

  return (
    <div className={styles.question}>
      <p className={styles.hint}>{say(WHY_NOT_WORDS.hint)}</p>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const atMs = parseInstant(written);
          setIncomplete(atMs === undefined);
          if (atMs !== undefined && ruleId !== undefined) setAsked({ ruleId, atMs });
        }}
      >
        <label>
          <span>{say(WHY_NOT_WORDS.rule)}</span>
          <select
            aria-label={say(WHY_NOT_WORDS.rule)}
            value={ruleId ?? ''}
            onChange={({ target }) => setChosen(target.value)}
          >
            {rules.map(({ id, title }) => (
              <option key={id} value={id}>
                {say(title)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{say(WHY_NOT_WORDS.time)}</span>
          <input
            type="datetime-local"
            value={written}
            onChange={({ target }) => setWritten(target.value)}
          />
        </label>
        <button type="submit" disabled={ruleId === undefined}>
          {say(WHY_NOT_WORDS.ask)}
        </button>
      </form>
      <div role="status">
        {incomplete ? (
          <p>{say(WHY_NOT_WORDS.badTime)}</p>
        ) : (
          asked && <Answer asked={asked} subject={alert.subject} />
        )}
      </div>
    </div>
  );
}

function Answer({ asked, subject }: { asked: Asked; subject: string }) {
  const say = useSay();
  const { ruleId, atMs } = asked;
  const { data, error } = useQuery({
    queryKey: ['why-not', ruleId, subject, atMs],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ subject, at: String(atMs) });
      const path = `/api/rules/${encodeURIComponent(ruleId)}/why-not?${query}`;
      return getJson<WhyNotAnswer>(path, signal);
    },
    retry: false,
  });
  const answer = useRef<HTMLDivElement>(null);
  // The fold is the last part of a long page, and what was asked for comes below it.
  useEffect(() => {
    answer.current?.scrollIntoView({ block: 'nearest' });
  }, [data]);
  if (error) {
    const problem = problemIn(error);
    return (
      <p className={styles.answer}>
        <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
      </p>
    );
  }
  if (!data) return <p>{say(WHY_NOT_WORDS.asking)}</p>;
  return (
    <div ref={answer} className={styles.answer}>
      {data.title && <h3>{say(data.title)}</h3>}
      {data.raised ? <Raised raised={data.raised} /> : <NotRaised answer={data} />}
    </div>
  );
}

function Raised({ raised }: { raised: NonNullable<WhyNotAnswer['raised']> }) {
  const say = useSay();
  const path = alertPath(raised.mergedInto ?? raised.alertId);
  return (
    <p>
      {say(raisedSentence(raised))}{' '}
      <a href={addressOf(path, {}, location.search)}>{say(WHY_NOT_WORDS.show)}</a>
    </p>
  );
}

/** What kept the rule from raising, the first reason first. */
export function NotRaised({ answer }: { answer: Reasons }) {
  const say = useSay();
  const [first] = answer.gates;
  if (!first) return null;
  return (
    <>
      <p>
        <b>
          {say(WHY_NOT_WORDS.notRaised)} · {say(first.name)}
        </b>
      </p>
      <p>{say(asSentence(first.says))}</p>
      {first.nearest && <p>{say(asSentence(first.nearest))}</p>}
      {furtherSentences(answer).map((sentence) => (
        <p key={sentence.zh} className={styles.further}>
          {say(sentence)}
        </p>
      ))}
    </>
  );
}
