// The form that asks to see many at once: whom, what, what for and why.

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { IDENTITY_FIELD_NAMES, type IdentityFieldName } from '../../app/api/identities.ts';
import { isSubjectKey } from '../../core/subject.ts';
import { FIELD_NAMES } from '../console/identity/identity-words.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { areGrounds, GroundsFields, NO_GROUNDS } from './grounds-fields.tsx';
import { IDENTITIES_WORDS as W, personsText } from './words.ts';
import styles from './identities-page.module.css';

const BAD_SHOWN_MAX = 3;

export function AskMany({ onAsked }: { onAsked: () => Promise<void> }) {
  const say = useSay();
  const [typed, setTyped] = useState('');
  const [fields, setFields] = useState<readonly IdentityFieldName[]>(['name']);
  const [grounds, setGrounds] = useState(NO_GROUNDS);
  const ask = useMutation({
    mutationFn: (body: object) => postJson('/api/identities/requests', body),
    async onSuccess() {
      setTyped('');
      setGrounds(NO_GROUNDS);
      await onAsked();
    },
  });
  const subjects = [...new Set(typed.split(/[\s,，、;；]+/).filter((key) => key !== ''))];
  const bad = subjects.filter((key) => !isSubjectKey(key));
  const problem = ask.error ? problemIn(ask.error) : undefined;
  const isWhole =
    subjects.length > 0 && bad.length === 0 && fields.length > 0 && areGrounds(grounds);
  return (
    <form
      className={styles.box}
      aria-labelledby="ask-many"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate({ subjects, fields, ...grounds, reason: grounds.reason.trim() });
      }}
    >
      <h2 id="ask-many">{say(W.askTitle)}</h2>
      <p className={styles.hint}>{say(W.askHint)}</p>
      <label className={styles.field}>
        <span>{say(W.subjects)}</span>
        <textarea
          required
          rows={5}
          autoComplete="off"
          spellCheck={false}
          className={styles.keys}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </label>
      <p className={bad.length > 0 ? styles.wrong : styles.hint} aria-live="polite">
        {bad.length > 0
          ? `${say(W.badKeys)}${bad.slice(0, BAD_SHOWN_MAX).join(' ')}${bad.length > BAD_SHOWN_MAX ? ' …' : ''}`
          : say(personsText(subjects.length))}
      </p>
      <fieldset className={styles.fields}>
        <legend>{say(W.what)}</legend>
        {IDENTITY_FIELD_NAMES.map((field) => (
          <label key={field}>
            <input
              type="checkbox"
              checked={fields.includes(field)}
              onChange={({ target }) =>
                setFields(
                  IDENTITY_FIELD_NAMES.filter((one) =>
                    one === field ? target.checked : fields.includes(one),
                  ),
                )
              }
            />
            <span>{say(FIELD_NAMES[field])}</span>
          </label>
        ))}
      </fieldset>
      <GroundsFields grounds={grounds} onChange={setGrounds} />
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)}
          {problem.hint && <> · {say(problem.hint)}</>}
        </p>
      )}
      <div className={styles.acts}>
        <button type="submit" className={styles.go} disabled={!isWhole || ask.isPending}>
          {say(W.ask)}
        </button>
      </div>
    </form>
  );
}
