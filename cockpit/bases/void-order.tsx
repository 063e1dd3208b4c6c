// An order that was void: the dialog to record it, and what waits for the person named. Confirming it deletes
// everything about the person, so what that means is said where the button is.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { NewVoidBody, VoidAnswer, Voids } from '../../app/api/voids.ts';
import { regionName } from '../../core/region.ts';
import { subjectKey } from '../../core/subject.ts';
import { Sheet } from '../console/sheet.tsx';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { BASIS_WORDS, VOID_BECAUSE_NAMES, VOID_STATES, VOID_WORDS } from './words.ts';
import styles from './basis-rows.module.css';
import form from './person-page.module.css';

const KEY = ['voids'];
const POLL_MS = 10_000;

const useVoids = () =>
  useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => getJson<Voids>('/api/voids', signal),
    refetchInterval: POLL_MS,
  });

/** The button on the page of a person, and the dialog behind it. */
export function VoidOrder({ subject }: { subject: string }) {
  const say = useSay();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {say(VOID_WORDS.record)}
      </button>
      {isOpen && <Dialog subject={subject} onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ subject, onClose }: { subject: string; onClose: () => void }) {
  const say = useSay();
  const queries = useQueryClient();
  const { data } = useVoids();
  const [draft, setDraft] = useState({
    because: 'order-void' as NewVoidBody['because'],
    documentNumber: '',
    confirmer: '',
    reason: '',
  });
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: () =>
      postJson('/api/voids', { subject: subjectKey(subject), ...draft } satisfies NewVoidBody),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const problem = error ? problemIn(error) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutate();
  };
  return (
    <Sheet title={VOID_WORDS.record} onClose={onClose}>
      <form className={form.purpose} onSubmit={submit}>
        <p>{say(VOID_WORDS.warning)}</p>
        <Labelled label={say(VOID_WORDS.because)}>
          <select
            data-first-focus
            value={draft.because}
            onChange={({ target }) => set({ because: target.value as typeof draft.because })}
          >
            {Object.entries(VOID_BECAUSE_NAMES).map(([code, name]) => (
              <option key={code} value={code}>
                {say(name)}
              </option>
            ))}
          </select>
        </Labelled>
        <Labelled label={say(BASIS_WORDS.document)}>
          <input
            type="text"
            value={draft.documentNumber}
            maxLength={100}
            onChange={({ target }) => set({ documentNumber: target.value })}
          />
        </Labelled>
        <Labelled label={say(BASIS_WORDS.reason)}>
          <input
            type="text"
            value={draft.reason}
            maxLength={300}
            placeholder={say(BASIS_WORDS.reasonHint)}
            onChange={({ target }) => set({ reason: target.value })}
          />
        </Labelled>
        <Labelled label={say(BASIS_WORDS.confirmer)}>
          <select
            value={draft.confirmer}
            onChange={({ target }) => set({ confirmer: target.value })}
          >
            <option value="">{say(BASIS_WORDS.choose)}</option>
            {data?.confirmers.map(({ id, name }) => (
              <option key={id} value={id}>
                {say(name)}
              </option>
            ))}
          </select>
        </Labelled>
        {problem && (
          <p className={styles.problem} role="alert">
            <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
          </p>
        )}
        {isSuccess ? (
          <p role="status">{say(BASIS_WORDS.sent)}</p>
        ) : (
          <button type="submit" disabled={isPending || draft.confirmer === ''}>
            {say(BASIS_WORDS.submit)}
          </button>
        )}
      </form>
    </Sheet>
  );
}

const Labelled = ({ label, children }: { label: string; children: ReactNode }) => (
  <label>
    <span>{label}</span>
    {children}
  </label>
);

/** What waits or is being deleted; nothing where there is none. */
export function VoidRows() {
  const say = useSay();
  const { data } = useVoids();
  if (!data || data.voids.length === 0) return null;
  return (
    <section className={styles.section}>
      <h2>
        {say(VOID_WORDS.title)} <span>{data.voids.length}</span>
      </h2>
      <ol>
        {data.voids.map((one) => (
          <Row key={one.id} one={one} />
        ))}
      </ol>
    </section>
  );
}

function Row({ one }: { one: VoidAnswer }) {
  const say = useSay();
  return (
    <li className={styles.row} data-tone={one.state === 'refused' ? undefined : 'alarm'}>
      <div className={styles.head}>
        <b className={styles.left}>{say(VOID_STATES[one.state])}</b>
        <span>{one.subject}</span>
        <span>{say(VOID_BECAUSE_NAMES[one.because])}</span>
        <span className={styles.quiet}>{say(regionName(one.county))}</span>
      </div>
      <p className={styles.reason}>{one.reason}</p>
      <p className={styles.facts}>
        <span>{one.documentNumber}</span>
        <span>
          {say(BASIS_WORDS.proposedBy)} {say(one.proposedBy)} {say(dayClockText(one.proposedAtMs))}
        </span>
        <span>
          {say(BASIS_WORDS.confirmer)} {say(one.confirmer)}
        </span>
      </p>
      {one.state === 'waiting' && <Decide one={one} />}
    </li>
  );
}

function Decide({ one: { id, may } }: { one: VoidAnswer }) {
  const say = useSay();
  const queries = useQueryClient();
  const [note, setNote] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: (decision: 'confirmed' | 'refused') =>
      postJson(`/api/voids/${encodeURIComponent(id)}/decide`, { decision, note }),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const problem = error ? problemIn(error) : undefined;
  return (
    <>
      {may.confirm && <p className={styles.facts}>{say(VOID_WORDS.warning)}</p>}
      <div className={styles.acts}>
        <input
          type="text"
          value={note}
          aria-label={say(BASIS_WORDS.note)}
          placeholder={say(BASIS_WORDS.note)}
          maxLength={300}
          onChange={({ target }) => setNote(target.value)}
        />
        {may.confirm && (
          <button
            type="button"
            className={styles.firm}
            disabled={isPending}
            onClick={() => mutate('confirmed')}
          >
            {say(VOID_WORDS.confirm)}
          </button>
        )}
        {may.refuse && (
          <button type="button" disabled={isPending} onClick={() => mutate('refused')}>
            {say(BASIS_WORDS.refuse)}
          </button>
        )}
        {problem && (
          <p className={styles.problem} role="alert">
            <b>{say(problem.says)}</b> {problem.hint && say(problem.hint)}
          </p>
        )}
      </div>
    </>
  );
}
