// The sheets of the three steps: acknowledge, feedback, close.

import { useState, type ReactNode } from 'react';
import type { AlertDetail } from '../../app/api/alerts.ts';
import type { FeedbackResult } from '../../core/alert-event.ts';
import type { Text } from '../../core/text.ts';
import { problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { Sheet } from './sheet.tsx';
import { CONSOLE_WORDS, FEEDBACK_TEXTS } from './words.ts';
import styles from './action-sheets.module.css';

type ActSheet = {
  readonly alert: AlertDetail;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly onCancel: () => void;
  readonly onSubmit: (body: Record<string, string>) => void;
};

/** As long as the API takes. */
const NOTE_CHARS_MAX = 500;
const FINDING_CHARS_MAX = 2_000;

export function AcknowledgeSheet(props: ActSheet) {
  const [note, setNote] = useState('');
  return (
    <ActForm
      {...props}
      title={CONSOLE_WORDS.acknowledge}
      hint={CONSOLE_WORDS.acknowledgeHint}
      body={{ note }}
    >
      <Note label={CONSOLE_WORDS.optionalNote} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}

export function FeedbackSheet(props: ActSheet) {
  const say = useSay();
  const given = props.alert.feedback;
  const [result, setResult] = useState<FeedbackResult | undefined>(given?.result);
  const [note, setNote] = useState(given?.note ?? '');
  return (
    <ActForm
      {...props}
      title={CONSOLE_WORDS.feedback}
      hint={CONSOLE_WORDS.feedbackHint}
      body={result && { result, note }}
    >
      <fieldset className={styles.results}>
        <legend className="visually-hidden">{say(CONSOLE_WORDS.feedback)}</legend>
        {(Object.keys(FEEDBACK_TEXTS) as FeedbackResult[]).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="result"
              checked={result === one}
              data-first-focus={one === (result ?? 'true') ? '' : undefined}
              onChange={() => setResult(one)}
            />
            <span>
              <b>{say(FEEDBACK_TEXTS[one].name)}</b>
              <small>{say(FEEDBACK_TEXTS[one].hint)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <Note label={CONSOLE_WORDS.feedbackNote} most={FINDING_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}

export function CloseSheet(props: ActSheet) {
  const [note, setNote] = useState('');
  return (
    <ActForm {...props} title={CONSOLE_WORDS.close} hint={CONSOLE_WORDS.closeHint} body={{ note }}>
      <Note label={CONSOLE_WORDS.optionalNote} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}

function ActForm({
  title,
  hint,
  body,
  pending,
  error,
  onCancel,
  onSubmit,
  children,
}: ActSheet & {
  title: Text;
  hint: Text;
  /** Undefined while something is still to be chosen. */
  body: Record<string, string> | undefined;
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

function Note({
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
