// A new account: who it is for and with which rights. It waits for the second person.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OneTimePassword } from '../../app/api/access.ts';
import type { Me } from '../../app/api/session.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { OncePassword } from './once-password.tsx';
import { NO_RIGHTS, RightsFields, rightsBody } from './rights-fields.tsx';
import { ACCESS_WORDS as W } from './words.ts';
import styles from './access-page.module.css';

const EMPTY = { login: '', displayZh: '', displayEn: '' };

export function NewAccount({ me }: { me: Me }) {
  const say = useSay();
  const queries = useQueryClient();
  const [who, setWho] = useState(EMPTY);
  const [rights, setRights] = useState({ ...NO_RIGHTS, region: me.region as string });
  const create = useMutation({
    mutationFn: () => postJson<OneTimePassword>('/api/accounts', { ...who, ...rightsBody(rights) }),
    onSuccess: () => {
      setWho(EMPTY);
      setRights({ ...rights, reason: '' });
      return queries.invalidateQueries({ queryKey: ['accounts'] });
    },
  });
  const problem = create.error ? problemIn(create.error) : undefined;
  const field = (name: keyof typeof EMPTY, label: typeof W.login) => (
    <label className={styles.field}>
      <span>{say(label)}</span>
      <input
        required
        maxLength={80}
        autoComplete="off"
        autoCapitalize="none"
        value={who[name]}
        onChange={({ target }) => setWho({ ...who, [name]: target.value })}
      />
    </label>
  );
  return (
    <form
      className={styles.box}
      aria-labelledby="new-account"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      <h2 id="new-account">{say(W.newAccount)}</h2>
      {field('login', W.login)}
      {field('displayZh', W.name)}
      {field('displayEn', W.nameEn)}
      <RightsFields me={me} rights={rights} onChange={setRights} />
      <p className={styles.hint}>{say(W.createdHint)}</p>
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)}
          {problem.detail && <> · {problem.detail}</>}
        </p>
      )}
      {create.data && <OncePassword password={create.data.password} />}
      <div className={styles.acts}>
        <button type="submit" className={styles.go} disabled={create.isPending}>
          {say(W.create)}
        </button>
      </div>
    </form>
  );
}
