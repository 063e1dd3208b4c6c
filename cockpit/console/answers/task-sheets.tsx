// The sheets of task acts: to whom, and why.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertDetail } from '../../../app/api/alerts.ts';
import type { Candidates } from '../../../app/api/answers.ts';
import type { MyTask } from '../../../app/api/open-alerts.ts';
import type { Me } from '../../../app/api/session.ts';
import type { Text } from '../../../core/text.ts';
import { getJson } from '../../shared/api.ts';
import { useSay } from '../../shared/language.tsx';
import { ActForm, Note, type FormProps } from '../action-form.tsx';
import { ANSWER_WORDS as W, bureauName, chosenText } from './answer-words.ts';
import styles from './answers.module.css';

const NOTE_CHARS_MAX = 500;

type SheetProps = FormProps & { readonly onSubmit: (body: Record<string, unknown>) => void };

const useCandidates = (alertId: string) =>
  useQuery({
    queryKey: ['candidates', alertId],
    queryFn: ({ signal }) =>
      getJson<Candidates>(`/api/alerts/${encodeURIComponent(alertId)}/officers`, signal),
  });

export function AssignSheet({ me, alert, ...props }: SheetProps & { me: Me; alert: AlertDetail }) {
  const say = useSay();
  const [officer, setOfficer] = useState('');
  const [note, setNote] = useState('');
  const { data } = useCandidates(alert.id);
  const holder = alert.task?.officer?.id;
  const self = me.officerId ?? me.accountId;
  const isMine = holder === self || holder === me.accountId;
  const mayGive = isMine || me.leads || !alert.task?.officer;
  const others = (data?.officers ?? []).filter(
    ({ id, bureau }) => bureau === me.region && id !== holder && id !== self && mayGive,
  );
  return (
    <ActForm
      {...props}
      title={W.assign}
      hint={W.assignHint}
      body={officer ? { officer, note } : undefined}
    >
      <label className={styles.field}>
        <span>{say(W.to)}</span>
        <select
          data-first-focus
          value={officer}
          onChange={({ target }) => setOfficer(target.value)}
        >
          <option value="">{say(W.choose)}</option>
          {!isMine && <option value={self}>{say(W.take)}</option>}
          {others.map(({ id, name, leads }) => (
            <option key={id} value={id}>
              {say(name)}
              {leads ? ` · ${say(W.leader)}` : ''}
            </option>
          ))}
        </select>
      </label>
      <Note label={W.optionalNote} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}

export function HandOverSheet({ alert, ...props }: SheetProps & { alert: AlertDetail }) {
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const { data } = useCandidates(alert.id);
  const officers = data?.officers ?? [];
  const body = handOverBody(officers, to, note);
  const held = { bureau: alert.task?.bureau, officer: alert.task?.officer?.id };
  return (
    <ActForm {...props} title={W.handOver} hint={W.handOverHint} body={body}>
      <Receiver {...{ officers, held, to, setTo }} />
      <Note label={W.handOverNote} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}

/** Several tasks of one officer, to whoever may see all of their alerts. */
export function HandOverManySheet({
  me,
  chosen,
  ...props
}: SheetProps & { me: Me; chosen: readonly MyTask[] }) {
  const say = useSay();
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const regions = [...new Set(chosen.map(({ alert }) => alert.region))].toSorted().join(',');
  const { data } = useQuery({
    queryKey: ['candidates-of', regions],
    queryFn: ({ signal }) =>
      getJson<Candidates>(`/api/tasks/officers?regions=${encodeURIComponent(regions)}`, signal),
  });
  const officers = data?.officers ?? [];
  const body = handOverBody(officers, to, note);
  const held = { bureau: me.region, officer: me.officerId ?? me.accountId };
  const tasks = chosen.map(({ alert: { id }, acts }) => ({ id, acts }));
  return (
    <ActForm
      {...props}
      title={W.handOverMany}
      hint={W.handOverManyHint}
      body={body && { ...body, tasks }}
    >
      <ul className={styles.chosen} aria-label={say(chosenText(chosen.length))}>
        {chosen.map(({ alert }) => (
          <li key={alert.id}>
            <span>{say(alert.title)}</span> <small>{alert.reference}</small>
          </li>
        ))}
      </ul>
      <Receiver {...{ officers, held, to, setTo }} />
      <Note label={W.handOverNote} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}

/** Undefined until it is said to whom and why. */
function handOverBody(officers: Candidates['officers'], to: string, note: string) {
  const chosen = officers.find(({ id }) => id === to);
  if (to === '' || note.trim() === '') return undefined;
  return { bureau: chosen?.bureau ?? to, officer: chosen?.id ?? null, note: note.trim() };
}

/** Officers by bureau, each bureau as a whole before them; not who has it. */
function Receiver({
  officers,
  held,
  to,
  setTo,
}: {
  officers: Candidates['officers'];
  held: { bureau: string | undefined; officer: string | undefined };
  to: string;
  setTo: (to: string) => void;
}) {
  const say = useSay();
  const bureaus = [...new Set(officers.map(({ bureau }) => bureau))];
  return (
    <label className={styles.field}>
      <span>{say(W.to)}</span>
      <select data-first-focus value={to} onChange={({ target }) => setTo(target.value)}>
        <option value="">{say(W.choose)}</option>
        {bureaus.map((bureau) => (
          <optgroup key={bureau} label={say(bureauName(bureau))}>
            {bureau !== held.bureau && (
              <option value={bureau}>
                {say(bureauName(bureau))}
                {say(W.toBureau)}
              </option>
            )}
            {officers
              .filter((one) => one.bureau === bureau && one.id !== held.officer)
              .map(({ id, name, leads }) => (
                <option key={id} value={id}>
                  {say(name)}
                  {leads ? ` · ${say(W.leader)}` : ''}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

export function OfferSheet({ title, hint, ...props }: SheetProps & { title: Text; hint: Text }) {
  const [note, setNote] = useState('');
  return (
    <ActForm {...props} {...{ title, hint }} body={{ note }}>
      <Note label={W.optionalNote} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}

export function ReasonSheet({ title, hint, ...props }: SheetProps & { title: Text; hint: Text }) {
  const [note, setNote] = useState('');
  const isSaid = note.trim() !== '';
  return (
    <ActForm {...props} {...{ title, hint }} body={isSaid ? { note: note.trim() } : undefined}>
      <Note label={W.reason} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}
