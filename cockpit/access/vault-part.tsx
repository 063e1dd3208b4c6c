// The keys of the identity vault: which one seals, what is still to be sealed anew, and the rotation itself.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { VaultState } from '../../app/api/identities.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { usePage } from '../shared/use-page.ts';
import { ACCESS_WORDS as W } from './words.ts';
import styles from './access-page.module.css';

/** While something is sealed anew the page follows it; else it looks now and then. */
const FOLLOW_MS = 2_000;
const LOOK_MS = 30_000;

export function VaultPart() {
  const say = useSay();
  const queries = useQueryClient();
  const [isSure, setIsSure] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['vault'],
    queryFn: ({ signal }) => getJson<VaultState>('/api/vault', signal),
    refetchInterval: ({ state }) => ((state.data?.old.length ?? 0) > 0 ? FOLLOW_MS : LOOK_MS),
  });
  usePage('access', { ready: data !== undefined || error !== null });
  const rotate = useMutation({
    mutationFn: () => postJson<VaultState>('/api/vault/rotate', {}),
    onSuccess: (state) => queries.setQueryData(['vault'], state),
    onSettled: () => setIsSure(false),
  });
  const failed = rotate.error ?? (data ? null : error);
  const problem = failed ? problemIn(failed) : undefined;
  const left = (data?.old ?? []).reduce((sum, { values }) => sum + values, 0);
  return (
    <main className={styles.vault}>
      <p className={styles.hint}>{say(W.vaultHint)}</p>
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)}
          {problem.hint && <> · {say(problem.hint)}</>}
        </p>
      )}
      {data && (
        <>
          <dl className={styles.facts}>
            <div>
              <dt>{say(W.vaultCurrent)}</dt>
              <dd>{data.current}</dd>
            </div>
            <div>
              <dt>{say(W.vaultProgress)}</dt>
              <dd aria-live="polite">
                {left === 0 ? say(W.vaultDone) : `${say(W.vaultOldLeft)} ${countText(left)}`}
              </dd>
            </div>
            {data.stuck > 0 && (
              <div>
                <dt>{say(W.vaultStuck)}</dt>
                <dd className={styles.wrong}>
                  {countText(data.stuck)} · {say(W.vaultStuckHint)}
                </dd>
              </div>
            )}
          </dl>
          {data.old.length === 0 ? (
            <p className={styles.hint}>{say(W.vaultNoOld)}</p>
          ) : (
            <div className={styles.scroll}>
              <table className={styles.table}>
                <thead>
                  <tr>
                    <th scope="col">{say(W.vaultOldKey)}</th>
                    <th scope="col">{say(W.vaultOldLeft)}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.old.map(({ id, values }) => (
                    <tr key={id}>
                      <th scope="row">{id}</th>
                      <td>{countText(values)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {rotate.isSuccess && (
            <p className={styles.hint} role="status">
              {say(W.rotated)}
            </p>
          )}
          {isSure ? (
            <div className={styles.once}>
              <p>{say(W.rotateSure)}</p>
              <div className={styles.acts}>
                <button
                  type="button"
                  className={styles.go}
                  disabled={rotate.isPending}
                  onClick={() => rotate.mutate()}
                >
                  {say(W.rotateGo)}
                </button>
                <button type="button" onClick={() => setIsSure(false)}>
                  {say(W.cancel)}
                </button>
              </div>
            </div>
          ) : (
            <div className={styles.acts}>
              <button type="button" onClick={() => setIsSure(true)}>
                {say(W.rotate)}
              </button>
            </div>
          )}
        </>
      )}
    </main>
  );
}
