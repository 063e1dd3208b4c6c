// The form in a sheet: what it means, what is to be filled in, what went wrong, and the two buttons.

import type { ReactNode } from 'react';
import type { Text } from '../../core/text.ts';
import { problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { Sheet } from './sheet.tsx';
import { CONSOLE_WORDS } from './words.ts';
import styles from './action-sheets.module.css';

/** How far the sending of a form has come. */
export type FormProps = {
  readonly pending: boolean;
  readonly error: Error | null;
  readonly onCancel: () => void;
};

export function ActForm({
  title,
  hint,
  body,
  pending,
  error,
  onCancel,
  onSubmit,
  children,
}: FormProps & {
  title: Text;
  hint: Text;
  /** Undefined while something is still to be chosen. */
  body: Record<string, unknown> | undefined;
  onSubmit: (body: Record<string, unknown>) => void;
  children: ReactNode;
}) {
  const say = useSay();
  const problem = error && problemIn(error);
  return (
    <Sheet title={title} onClose={onCancel}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (body) onSubmit(body);
        }}
      >
        <p className={styles.hint}>{say(hint)}</p>
        {children}
        <div role="alert">
          {problem && (
            <p className={styles.problem}>
              <b>{say(problem.says)}</b>
              {problem.hint && <span>{say(problem.hint)}</span>}
            </p>
          )}
        </div>
        <div className={styles.buttons}>
          <button type="button" onClick={onCancel}>
            {say(CONSOLE_WORDS.cancel)}
          </button>
          <button
            type="submit"
            className={styles.submit}
            disabled={!body || pending}
            data-first-focus
          >
            {say(pending ? CONSOLE_WORDS.sending : title)}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

export function Note({
  label,
  most,
  note,
  setNote,
}: {
  label: Text;
  most: number;
  note: string;
  setNote: (note: string) => void;
}) {
  const say = useSay();
  return (
    <label className={styles.note}>
      <span>{say(label)}</span>
      <textarea
        rows={3}
        maxLength={most}
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
    </label>
  );
}
