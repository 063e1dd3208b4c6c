// Folded below an alert: every decision about it, why, to whom, by which attempt, and what came back.

import { useQuery } from '@tanstack/react-query';
import { useState, type ClipboardEvent } from 'react';
import type { AlertDetail } from '../../app/api/alerts.ts';
import type { Decisions } from '../../app/api/silences.ts';
import { localDate } from '../../core/local-time.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { dayClockText, secondText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import { copiedText, shortId, splitAround } from './short-id.ts';
import { CONSOLE_WORDS } from './words.ts';
import styles from './decisions.module.css';

export function DecisionsFold({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say(CONSOLE_WORDS.decisions)}</summary>
      {open && <Trail key={alert.id} alert={alert} />}
    </details>
  );
}

function Trail({ alert }: { alert: AlertDetail }) {
  const say = useSay();
  const day = localDate(alert.recordedAtMs);
  // Under the key of the alert, so that what makes the alert stale makes its trail stale.
  const { data, error } = useQuery({
    queryKey: ['alert', alert.id, 'decisions'],
    queryFn: ({ signal }) =>
      getJson<Decisions>(`/api/alerts/${encodeURIComponent(alert.id)}/decisions`, signal),
  });
  if (error) return <p className={styles.hint}>{say(problemIn(error).says)}</p>;
  if (!data) return <p className={styles.hint}>{say(WORDS.loading)}</p>;
  return (
    <>
      <p className={styles.hint}>{say(CONSOLE_WORDS.decisionsHint)}</p>
      <ol className={styles.trail}>
        {data.decisions.map(({ id, atMs, kind, actor, says, messageId }) => (
          <li key={id} data-kind={kind}>
            <time>{localDate(atMs) === day ? secondText(atMs) : say(dayClockText(atMs))}</time>
            <p onCopy={(event) => copyWhole(event, messageId)}>
              {actor && <b>{say(actor)} </b>}
              <Sentence says={say(says)} messageId={messageId} />
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

/** What a provider calls the message is of use only to who asks the provider: short, and whole on demand. */
function Sentence({ says, messageId }: { says: string; messageId: string | undefined }) {
  const split = splitAround(says, messageId);
  if (!split) return says;
  return (
    <>
      {split.before}
      <abbr title={split.id}>{shortId(split.id)}</abbr>
      {split.after}
    </>
  );
}

function copyWhole(event: ClipboardEvent, messageId: string | undefined): void {
  if (messageId === undefined) return;
  const selected = document.getSelection()?.toString() ?? '';
  event.clipboardData.setData('text/plain', copiedText(selected, messageId));
  event.preventDefault();
}
