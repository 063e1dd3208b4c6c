// What the forms of changes are made of: people, a period in China's time, a reason, and the button.

import type { ReactNode } from 'react';
import type { AskChange, RosterAnswer } from '../../app/api/roster.ts';
import { localDateTime, parseInstant } from '../../core/local-time.ts';
import { useSay } from '../shared/language.tsx';
import type { Turn } from './roster-table.tsx';
import { ROSTER_WORDS } from './words.ts';
import styles from './panels.module.css';

export type ChangeDraft = {
  readonly kind: AskChange['kind'];
  /** The turn that was pressed. */
  readonly turn?: Turn;
  readonly page: RosterAnswer;
};

export type FormProps = {
  readonly draft: ChangeDraft;
  readonly busy: boolean;
  readonly onSend: (change: AskChange) => void;
};

/** What every form of a change has around its fields. */
export function Form({
  hint,
  button,
  busy,
  onSubmit,
  children,
}: {
  hint: string;
  button: string;
  busy: boolean;
  onSubmit: () => void;
  children: ReactNode;
}) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <p className={styles.hint}>{hint}</p>
      <button type="submit" className={styles.main} disabled={busy}>
        {button}
      </button>
    </form>
  );
}

export function Reason({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const say = useSay();
  return (
    <label className={styles.field}>
      <span>{say(ROSTER_WORDS.reason)}</span>
      <input
        value={value}
        maxLength={200}
        required
        placeholder={say(ROSTER_WORDS.reasonExample)}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}

export function Person({
  label,
  none,
  page,
  value,
  required = false,
  onChange,
}: {
  label: string;
  /** What stands for nobody. */
  none: string;
  page: RosterAnswer;
  value: string;
  required?: boolean;
  onChange: (id: string) => void;
}) {
  const say = useSay();
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <select value={value} required={required} onChange={({ target }) => onChange(target.value)}>
        <option value="">{none}</option>
        {page.officers.map(({ id, name, verifiedAtMs }) => (
          <option key={id} value={id}>
            {name}
            {verifiedAtMs === null && `（${say(ROSTER_WORDS.notTried)}）`}
          </option>
        ))}
      </select>
    </label>
  );
}

export type Period = { readonly from: string; readonly until: string };

export function PeriodFields({
  period,
  onChange,
}: {
  period: Period;
  onChange: (period: Period) => void;
}) {
  const say = useSay();
  return (
    <div className={styles.period}>
      {(['from', 'until'] as const).map((end) => (
        <label key={end} className={styles.field}>
          <span>{say(ROSTER_WORDS[end])}</span>
          <input
            type="datetime-local"
            required
            value={period[end]}
            onChange={({ target }) => onChange({ ...period, [end]: target.value })}
          />
        </label>
      ))}
    </div>
  );
}

/** Of the turn that was pressed, else of the reader's next one, else nothing. In China's time. */
export function periodOf(page: RosterAnswer, turn: Turn | undefined): Period {
  const next = page.lines
    .flatMap(({ turns }) => turns)
    .filter(({ officer, untilMs }) => officer === page.me && untilMs > page.nowMs)
    .toSorted((a, b) => a.fromMs - b.fromMs)[0];
  const shown = turn ?? next;
  if (!shown) return { from: '', until: '' };
  return { from: written(Math.max(shown.fromMs, page.nowMs)), until: written(shown.untilMs) };
}

const written = (atMs: number): string => localDateTime(atMs).slice(0, 16).replace(' ', 'T');

export const instantsOf = ({ from, until }: Period) => ({
  fromMs: parseInstant(from) ?? 0,
  untilMs: parseInstant(until) ?? 0,
});
