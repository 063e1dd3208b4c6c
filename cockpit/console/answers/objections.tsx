// Objections of the supervised person: what is undecided and until when, what was decided by whom, and the two
// sheets: taking one down, deciding it.

import { useState } from 'react';
import type { AlertDetail } from '../../../app/api/alerts.ts';
import { RECEIVED_HOW, type Objection, type ReceivedHow } from '../../../app/api/answers.ts';
import type { Me } from '../../../app/api/session.ts';
import { localDateTime, parseInstant } from '../../../core/local-time.ts';
import { useDeps, useTimed } from '../../shared/deps.tsx';
import { dayClockText } from '../../shared/format.ts';
import { useLanguage, useSay } from '../../shared/language.tsx';
import { ActForm, Note, type FormProps } from '../action-form.tsx';
import sheets from '../action-sheets.module.css';
import { Section } from '../section.tsx';
import { ANSWER_WORDS as W, dueText, RECEIVED_HOW_NAMES } from './answer-words.ts';
import { useAnswer } from './use-answer.ts';
import styles from './answers.module.css';

const TEXT_CHARS_MAX = 2_000;

export function Objections({ me, alert }: { me: Me; alert: AlertDetail }) {
  const say = useSay();
  const answer = useAnswer<'object' | 'decide'>(alert);
  const { objections, handlers, withdrawnAtMs } = alert;
  const undecided = objections.find(({ state }) => state === 'open');
  const isOwnCase = [me.accountId, me.officerId].some((id) => id !== null && handlers.includes(id));
  const { sheet, send, props } = answer;
  return (
    <Section title={W.objections}>
      <div className={styles.card}>
        {objections.length === 0 && <p className={styles.quiet}>{say(W.objectionsNone)}</p>}
        {objections.map((one) => (
          <Line key={one.id} objection={one} />
        ))}
        {undecided && isOwnCase && <p className={styles.quiet}>{say(W.ownCase)}</p>}
        <div className={styles.acts}>
          {undecided && !isOwnCase && (
            <button type="button" className={styles.first} onClick={() => answer.open('decide')}>
              {say(W.decide)}
            </button>
          )}
          {!undecided && withdrawnAtMs === null && (
            <button type="button" onClick={() => answer.open('object')}>
              {say(W.object)}
            </button>
          )}
        </div>
      </div>
      {sheet === 'object' && (
        <ObjectSheet {...props} onSubmit={(body) => send('objections', body)} />
      )}
      {sheet === 'decide' && undecided && (
        <DecideSheet
          {...props}
          objection={undecided}
          onSubmit={(body) => send(`objections/${encodeURIComponent(undecided.id)}/decide`, body)}
        />
      )}
    </Section>
  );
}

function Line({ objection }: { objection: Objection }) {
  const say = useSay();
  const language = useLanguage();
  const { what, receivedHow, raisedAtMs, recordedBy, dueAtMs, state } = objection;
  const { decidedBy, decidedAtMs, reason, alarmedAtMs } = objection;
  const due = useTimed((nowMs) => dueText(dueAtMs, nowMs)[language]);
  const isOver = useTimed((nowMs) => dueAtMs <= nowMs);
  return (
    <div className={styles.objection} data-state={state}>
      <p>
        <b>{say(state === 'open' ? W.undecided : state === 'upheld' ? W.upheld : W.rejected)}</b>{' '}
        <span className={styles.quiet}>
          {say(dayClockText(raisedAtMs))} · {say(RECEIVED_HOW_NAMES[receivedHow])} ·{' '}
          {say(W.recordedBy)} {say(recordedBy)}
        </span>
      </p>
      <blockquote>{what}</blockquote>
      {state === 'open' ? (
        <p>
          {say(W.decideDue)} {say(dayClockText(dueAtMs - 1))}{' '}
          <span className={isOver ? styles.overdue : styles.quiet}>{due}</span>
          {alarmedAtMs !== null && <span className={styles.quiet}> · {say(W.alarmed)}</span>}
        </p>
      ) : (
        <>
          <p className={styles.quiet}>
            {decidedBy && say(decidedBy)} · {decidedAtMs !== null && say(dayClockText(decidedAtMs))}
          </p>
          {reason !== null && <blockquote>{reason}</blockquote>}
        </>
      )}
    </div>
  );
}

function ObjectSheet(props: FormProps & { onSubmit: (body: Record<string, unknown>) => void }) {
  const say = useSay();
  const { serverClock } = useDeps();
  const [what, setWhat] = useState('');
  const [receivedHow, setReceivedHow] = useState<ReceivedHow>('in-person');
  const [raised, setRaised] = useState(() =>
    localDateTime(serverClock.now()).slice(0, 16).replace(' ', 'T'),
  );
  const raisedAtMs = parseInstant(raised);
  const body =
    what.trim() !== '' && raisedAtMs !== undefined
      ? { what: what.trim(), receivedHow, raisedAtMs }
      : undefined;
  return (
    <ActForm {...props} title={W.object} hint={W.objectHint} body={body}>
      <Note label={W.what} most={TEXT_CHARS_MAX} note={what} setNote={setWhat} />
      <label className={styles.field}>
        <span>{say(W.how)}</span>
        <select
          value={receivedHow}
          onChange={({ target }) => setReceivedHow(target.value as ReceivedHow)}
        >
          {RECEIVED_HOW.map((how) => (
            <option key={how} value={how}>
              {say(RECEIVED_HOW_NAMES[how])}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        <span>{say(W.raised)}</span>
        <input
          type="datetime-local"
          value={raised}
          onChange={({ target }) => setRaised(target.value)}
        />
      </label>
    </ActForm>
  );
}

function DecideSheet({
  objection,
  ...props
}: FormProps & { objection: Objection; onSubmit: (body: Record<string, unknown>) => void }) {
  const say = useSay();
  const [decision, setDecision] = useState<'upheld' | 'rejected'>();
  const [reason, setReason] = useState('');
  const body = decision && reason.trim() !== '' ? { decision, reason: reason.trim() } : undefined;
  return (
    <ActForm {...props} title={W.decide} hint={W.decideHint} body={body}>
      <blockquote className={styles.quoted}>{objection.what}</blockquote>
      <fieldset className={sheets.results}>
        <legend className="visually-hidden">{say(W.decide)}</legend>
        {(['upheld', 'rejected'] as const).map((one, index) => (
          <label key={one}>
            <input
              type="radio"
              name="decision"
              checked={decision === one}
              data-first-focus={index === 0 ? '' : undefined}
              onChange={() => setDecision(one)}
            />
            <span>
              <b>{say(W[one])}</b>
            </span>
          </label>
        ))}
      </fieldset>
      <Note label={W.decisionReason} most={TEXT_CHARS_MAX} note={reason} setNote={setReason} />
    </ActForm>
  );
}
