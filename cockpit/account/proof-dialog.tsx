// Asks for the password or a code again before a sensitive act. What was being sent waits behind it.

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me } from '../../app/api/session.ts';
import { Sheet } from '../console/sheet.tsx';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { answerProof, useProofWanted } from '../shared/proof-request.ts';
import { ACCOUNT_WORDS as W } from './words.ts';
import styles from './account-page.module.css';

export function ProofDialog() {
  return useProofWanted() ? <Proof /> : null;
}

function Proof() {
  const say = useSay();
  const [given, setGiven] = useState('');
  const prove = useMutation({
    // Six digits are a code, everything else a password: no password is that short.
    mutationFn: (value: string) =>
      postJson<Me>(
        '/api/session/proof',
        /^[\d\s]{6,7}$/.test(value) ? { code: value } : { password: value },
      ),
    onSuccess: () => answerProof(true),
  });
  const problem = prove.error ? problemIn(prove.error) : undefined;
  return (
    <Sheet title={W.proofTitle} onClose={() => answerProof(false)}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          prove.mutate(given);
        }}
      >
        <p className={styles.hint}>{say(W.proofWhy)}</p>
        <label className={styles.field}>
          <span>{say(W.proofField)}</span>
          <input
            data-first-focus
            type="password"
            autoComplete="current-password"
            required
            maxLength={200}
            value={given}
            onChange={({ target }) => setGiven(target.value)}
          />
        </label>
        {problem && (
          <p className={styles.wrong} role="alert">
            {say(problem.says)}
            {problem.hint && <> · {say(problem.hint)}</>}
          </p>
        )}
        <div className={styles.acts}>
          <button type="submit" className={styles.go} disabled={prove.isPending}>
            {say(W.confirm)}
          </button>
          <button type="button" onClick={() => answerProof(false)}>
            {say(W.cancel)}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
