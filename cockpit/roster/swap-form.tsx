// Asking another officer to swap: one of one's own turns for one of theirs.

import { useState } from 'react';
import type { AskChange, RosterAnswer } from '../../app/api/roster.ts';
import { useSay } from '../shared/language.tsx';
import { Form, Reason, type FormProps } from './form-parts.tsx';
import type { Turn } from './roster-table.tsx';
import { ROSTER_WORDS, turnText } from './words.ts';
import styles from './panels.module.css';

export function SwapForm({ draft: { page, turn }, busy, onSend }: FormProps) {
  const say = useSay();
  const coming = page.lines.flatMap(({ name, turns }) =>
    turns.filter(({ fromMs }) => fromMs > page.nowMs).map((one): Turn => ({ ...one, line: name })),
  );
  const mine = coming.filter(({ officer }) => officer === page.me);
  const [given, setGiven] = useState(keyOf(mine.find((one) => isSame(one, turn)) ?? mine[0]));
  const own = mine.find((one) => keyOf(one) === given);
  const theirs = coming.filter(
    (one) => one.line === own?.line && one.officer !== page.me && hasAccount(page, one.officer),
  );
  const [taken, setTaken] = useState(keyOf(theirs.find((one) => isSame(one, turn)) ?? theirs[0]));
  const other = theirs.find((one) => keyOf(one) === taken) ?? theirs[0];
  const [reason, setReason] = useState('');
  if (page.me === null) return <p className={styles.hint}>{say(ROSTER_WORDS.noOfficer)}</p>;
  if (!own || !other) return <p className={styles.hint}>{say(ROSTER_WORDS.nothingToSwap)}</p>;
  return (
    <Form
      hint={say(page.leaderConfirmsSwaps ? ROSTER_WORDS.swapLeaderHint : ROSTER_WORDS.swapHint)}
      button={say(ROSTER_WORDS.ask)}
      busy={busy}
      onSubmit={() =>
        onSend({
          kind: 'swap',
          bureau: page.bureau,
          line: own.line,
          given: { fromMs: own.fromMs, untilMs: own.untilMs },
          taken: { officer: other.officer, fromMs: other.fromMs, untilMs: other.untilMs },
          reason,
        } as AskChange)
      }
    >
      <label className={styles.field}>
        <span>{say(ROSTER_WORDS.myTurn)}</span>
        <select value={given} onChange={({ target }) => setGiven(target.value)}>
          {mine.map((one) => (
            <option key={keyOf(one)} value={keyOf(one)}>
              {say(turnText(one))}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        <span>{say(ROSTER_WORDS.theirTurn)}</span>
        <select value={keyOf(other)} onChange={({ target }) => setTaken(target.value)}>
          {theirs.map((one) => (
            <option key={keyOf(one)} value={keyOf(one)}>
              {page.officers.find(({ id }) => id === one.officer)?.name} {say(turnText(one))}
            </option>
          ))}
        </select>
      </label>
      <Reason value={reason} onChange={setReason} />
    </Form>
  );
}

const keyOf = (turn: Turn | undefined): string =>
  turn ? `${turn.line} ${turn.officer} ${turn.fromMs}` : '';

const isSame = (one: Turn, turn: Turn | undefined): boolean => keyOf(one) === keyOf(turn);

const hasAccount = (page: RosterAnswer, id: string): boolean =>
  page.officers.find((one) => one.id === id)?.hasAccount === true;
