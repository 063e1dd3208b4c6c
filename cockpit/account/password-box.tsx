// A new password, typed twice; the rule stands beside the field, not in the refusal.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { recheckSession } from '../shared/session.ts';
import { ACCOUNT_WORDS as W } from './words.ts';
import styles from './account-page.module.css';

const EMPTY = { current: '', next: '', again: '' };

export function PasswordBox() {
  const say = useSay();
  const queries = useQueryClient();
  const [given, setGiven] = useState(EMPTY);
  const change = useMutation({
    mutationFn: ({ current, next }: typeof EMPTY) =>
      postJson('/api/account/password', { current, next }),
    onSuccess: async () => {
      setGiven(EMPTY);
      await queries.invalidateQueries({ queryKey: ['account'] });
      await recheckSession(queries);
    },
  });
  const differ = given.again !== '' && given.next !== given.again;
  const problem = change.error ? problemIn(change.error) : undefined;
  const field = (name: keyof typeof EMPTY, autoComplete: string) => (
    <label className={styles.field}>
      <span>{say(W[name])}</span>
      <input
        type="password"
        autoComplete={autoComplete}
        required
        maxLength={200}
        value={given[name]}
        onChange={({ target }) => setGiven({ ...given, [name]: target.value })}
      />
    </label>
  );
  return (
    <section className={styles.box} aria-labelledby="own-password">
      <h2 id="own-password">{say(W.password)}</h2>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (given.next === given.again) change.mutate(given);
        }}
      >
        {field('current', 'current-password')}
        {field('next', 'new-password')}
        {field('again', 'new-password')}
        <p className={styles.hint}>{say(W.passwordRule)}</p>
        {differ && (
          <p className={styles.wrong} role="alert">
            {say(W.differ)}
          </p>
        )}
        {problem && (
          <p className={styles.wrong} role="alert">
            {say(problem.says)}
            {problem.hint && <> · {say(problem.hint)}</>}
          </p>
        )}
        {change.isSuccess && (
          <p className={styles.good} role="status">
            {say(W.changed)}
          </p>
        )}
        <div className={styles.acts}>
          <button type="submit" className={styles.go} disabled={change.isPending || differ}>
            {say(W.change)}
          </button>
        </div>
      </form>
    </section>
  );
}
