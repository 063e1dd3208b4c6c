// Legal holds: those there are, with what a second person may do, and the form for another.

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { HoldAnswer, NewHoldBody } from '../../app/api/retention.ts';
import type { Text } from '../../core/text.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { dateText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { HOLD_STATE_NAMES, RETENTION_WORDS } from './words.ts';
import styles from './retention-page.module.css';

/** Sends one act and reads everything anew; keeps what went wrong. */
function useHoldAct() {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Text | undefined>();
  const act = async (path: string, body: unknown): Promise<boolean> => {
    try {
      await postJson(path, body);
      setProblem(undefined);
      await queries.invalidateQueries({ queryKey: ['retention'] });
      return true;
    } catch (error) {
      setProblem(problemIn(error).says);
      return false;
    }
  };
  return { problem, act };
}

export function HoldRows({ holds }: { holds: readonly HoldAnswer[] }) {
  const say = useSay();
  const { problem, act } = useHoldAct();
  if (holds.length === 0) return <p className={styles.hint}>{say(RETENTION_WORDS.noHolds)}</p>;
  const pathOf = (id: string, what: string) =>
    `/api/retention/holds/${encodeURIComponent(id)}/${what}`;
  return (
    <>
      {problem && <p role="alert">{say(problem)}</p>}
      <div className={styles.scroll} role="region" aria-labelledby="holds" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say(RETENTION_WORDS.subject)}</th>
              <th scope="col">{say(RETENTION_WORDS.document)}</th>
              <th scope="col">{say(RETENTION_WORDS.reason)}</th>
              <th scope="col">{say(RETENTION_WORDS.until)}</th>
              <th scope="col">{say(RETENTION_WORDS.state)}</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {holds.map((hold) => (
              <tr key={hold.id}>
                <th scope="row">{hold.subject}</th>
                <td>{hold.documentNumber}</td>
                <td>{hold.reason}</td>
                <td>{say(dateText(hold.untilMs))}</td>
                <td>{say(HOLD_STATE_NAMES[hold.state])}</td>
                <td>
                  <div className={styles.acts}>
                    {!hold.isMine && hold.state === 'provisional' && (
                      <button
                        type="button"
                        onClick={() => void act(pathOf(hold.id, 'approve'), {})}
                      >
                        {say(RETENTION_WORDS.approve)}
                      </button>
                    )}
                    {!hold.isMine &&
                      (hold.state === 'provisional' || hold.state === 'confirmed') && (
                        <Lift onLift={(reason) => void act(pathOf(hold.id, 'lift'), { reason })} />
                      )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Lift({ onLift }: { onLift: (reason: string) => void }) {
  const say = useSay();
  const [reason, setReason] = useState('');
  return (
    <form
      className={styles.acts}
      onSubmit={(event) => {
        event.preventDefault();
        onLift(reason);
      }}
    >
      <input
        required
        aria-label={say(RETENTION_WORDS.liftReason)}
        placeholder={say(RETENTION_WORDS.liftReason)}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <button type="submit">{say(RETENTION_WORDS.lift)}</button>
    </form>
  );
}

const EMPTY = { subject: '', reason: '', documentNumber: '', until: '' };

export function HoldForm() {
  const say = useSay();
  const { problem, act } = useHoldAct();
  const [form, setForm] = useState(EMPTY);
  const field = (name: keyof typeof EMPTY, label: Text, type = 'text') => (
    <label>
      <span>{say(label)}</span>
      <input
        required
        type={type}
        value={form[name]}
        onChange={(event) => setForm({ ...form, [name]: event.target.value })}
      />
    </label>
  );
  const send = async () => {
    const { subject, reason, documentNumber, until } = form;
    // To the end of the day in China.
    const untilMs = Date.parse(`${until}T00:00:00+08:00`) + 86_400_000;
    const body: NewHoldBody = { subject, reason, documentNumber, untilMs };
    if (await act('/api/retention/holds', body)) setForm(EMPTY);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h3>{say(RETENTION_WORDS.place)}</h3>
      <p className={styles.hint}>{say(RETENTION_WORDS.placeHint)}</p>
      <div className={styles.fields}>
        {field('subject', RETENTION_WORDS.subject)}
        {field('documentNumber', RETENTION_WORDS.document)}
        {field('reason', RETENTION_WORDS.reason)}
        {field('until', RETENTION_WORDS.until, 'date')}
        <button type="submit">{say(RETENTION_WORDS.place)}</button>
      </div>
      {problem && <p role="alert">{say(problem)}</p>}
    </form>
  );
}
