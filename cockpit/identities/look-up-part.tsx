// Whose number it is: asked by the whole number, found by its blind index, shown masked. The number is forgotten
// here as soon as it was sent.

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Masked } from '../../app/api/identities.ts';
import { IdentityCard } from '../console/identity/identity-card.tsx';
import { FIELD_NAMES } from '../console/identity/identity-words.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { basisPath } from '../shared/router.ts';
import { usePage } from '../shared/use-page.ts';
import { areGrounds, GroundsFields, NO_GROUNDS } from './grounds-fields.tsx';
import { IDENTITIES_WORDS as W } from './words.ts';
import styles from './identities-page.module.css';

const KINDS = ['id-number', 'phone'] as const;

export function LookUpPart() {
  const say = useSay();
  usePage('identities', { ready: true });
  const [by, setBy] = useState<(typeof KINDS)[number]>('id-number');
  const [value, setValue] = useState('');
  const [grounds, setGrounds] = useState(NO_GROUNDS);
  const find = useMutation({
    mutationFn: (body: object) => postJson<Masked>('/api/identities/look-up', body),
    gcTime: 0,
    onSuccess: () => setValue(''),
  });
  const problem = find.error ? problemIn(find.error) : undefined;
  return (
    <div className={styles.columns}>
      <form
        className={styles.box}
        aria-labelledby="look-up"
        onSubmit={(event) => {
          event.preventDefault();
          find.mutate({ by, value: value.trim(), ...grounds, reason: grounds.reason.trim() });
        }}
      >
        <h2 id="look-up">{say(W.lookUp)}</h2>
        <p className={styles.hint}>{say(W.lookUpHint)}</p>
        <label className={styles.field}>
          <span>{say(W.by)}</span>
          <select
            value={by}
            onChange={({ target }) => setBy(target.value as (typeof KINDS)[number])}
          >
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {say(FIELD_NAMES[kind])}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.field}>
          <span>{say(W.value)}</span>
          <input
            required
            autoComplete="off"
            inputMode={by === 'phone' ? 'tel' : 'text'}
            maxLength={40}
            value={value}
            onChange={({ target }) => setValue(target.value)}
          />
        </label>
        <GroundsFields grounds={grounds} onChange={setGrounds} />
        {problem && (
          <p className={styles.wrong} role="alert">
            {say(problem.says)}
            {problem.hint && <> · {say(problem.hint)}</>}
          </p>
        )}
        <div className={styles.acts}>
          <button
            type="submit"
            className={styles.go}
            disabled={find.isPending || value.trim() === '' || !areGrounds(grounds)}
          >
            {say(W.find)}
          </button>
        </div>
      </form>
      <main className={styles.found} aria-live="polite">
        {!find.data && <p className={styles.empty}>{say(W.before)}</p>}
        {find.data?.persons.length === 0 && <p className={styles.empty}>{say(W.nobody)}</p>}
        {find.data?.persons.map(({ subject }) => (
          <article key={subject} className={styles.box} aria-label={subject}>
            <h2>
              <span>{subject}</span>
              <a href={basisPath(subject)}>{say(W.toPerson)}</a>
            </h2>
            <IdentityCard subject={subject} />
          </article>
        ))}
      </main>
    </div>
  );
}
