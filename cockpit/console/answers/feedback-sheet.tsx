// What was found: the code, the words, what was done, which records and photos show it. What is typed stays in
// the sheet whatever the server answers.

import { useState } from 'react';
import type { AlertDetail } from '../../../app/api/alerts.ts';
import { CAUSE_CODES, CAUSES } from '../../../core/alert-cause.ts';
import type { FeedbackResult } from '../../../core/alert-event.ts';
import { dayClockText } from '../../shared/format.ts';
import { useSay } from '../../shared/language.tsx';
import { ActForm, Note, type FormProps } from '../action-form.tsx';
import sheets from '../action-sheets.module.css';
import { describeObservation, sourceName } from '../describe-observation.ts';
import { CONSOLE_WORDS } from '../words.ts';
import { ANSWER_WORDS as W } from './answer-words.ts';
import { PhotoPicker, type Chosen } from './photos.tsx';
import styles from './answers.module.css';

const FINDING_CHARS_MAX = 2_000;

export function FeedbackSheet({
  alert,
  ...props
}: FormProps & { alert: AlertDetail; onSubmit: (body: Record<string, unknown>) => void }) {
  const say = useSay();
  const given = alert.feedback === null ? undefined : alert.feedbacks.at(-1);
  const [result, setResult] = useState<FeedbackResult | undefined>(given?.result);
  const [note, setNote] = useState(given?.note ?? '');
  const [measures, setMeasures] = useState(given?.measures ?? '');
  const [evidence, setEvidence] = useState<readonly string[]>(given?.evidence ?? []);
  const [photos, setPhotos] = useState<readonly Chosen[]>(() =>
    alert.photos.filter(({ id, feedbackId }) => feedbackId === null || given?.photos.includes(id)),
  );
  const needsNote = result !== undefined && CAUSES[result].needsNote && note.trim() === '';
  const body = result &&
    !needsNote && { result, note, measures, evidence, photos: photos.map(({ id }) => id) };
  const isLoose = (id: string) =>
    alert.photos.find((photo) => photo.id === id)?.feedbackId === null;
  return (
    <ActForm
      {...props}
      title={CONSOLE_WORDS.feedback}
      hint={CONSOLE_WORDS.feedbackHint}
      body={body || undefined}
    >
      <fieldset className={sheets.results}>
        <legend className="visually-hidden">{say(CONSOLE_WORDS.feedback)}</legend>
        {CAUSE_CODES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="result"
              checked={result === one}
              data-first-focus={one === (result ?? 'true') ? '' : undefined}
              onChange={() => setResult(one)}
            />
            <span>
              <b>{say(CAUSES[one].name)}</b>
              <small>{say(CAUSES[one].hint)}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <Note label={CONSOLE_WORDS.feedbackNote} most={FINDING_CHARS_MAX} {...{ note, setNote }} />
      {needsNote && <p className={styles.needed}>{say(W.needsNote)}</p>}
      <Note label={W.measures} most={FINDING_CHARS_MAX} note={measures} setNote={setMeasures} />
      <details className={styles.evidence}>
        <summary>
          {say(W.evidence)}
          <span className={styles.quiet}>
            {evidence.length > 0 ? evidence.length : say(W.evidenceHint)}
          </span>
        </summary>
        <ul>
          {alert.evidence.map((seen, index) => (
            <li key={seen.id}>
              <label>
                <input
                  type="checkbox"
                  checked={evidence.includes(seen.id)}
                  onChange={({ target }) =>
                    setEvidence(
                      target.checked
                        ? [...evidence, seen.id]
                        : evidence.filter((id) => id !== seen.id),
                    )
                  }
                />
                <span>
                  {index + 1} · {say(dayClockText(seen.atMs))} · {say(sourceName(seen))}
                  <small>{say(describeObservation(seen))}</small>
                </span>
              </label>
            </li>
          ))}
        </ul>
      </details>
      <PhotoPicker alertId={alert.id} {...{ photos, isLoose }} onChange={setPhotos} />
    </ActForm>
  );
}
