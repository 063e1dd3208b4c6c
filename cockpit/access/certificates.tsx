// The certificates of one account: those bound, the form to bind another, and taking one off.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccountRow, CertificateList } from '../../app/api/access.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { fingerprintText } from '../shared/fingerprint-text.ts';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { ACCESS_WORDS as W, CERTIFICATE_KINDS } from './words.ts';
import styles from './access-page.module.css';

type Kind = keyof typeof CERTIFICATE_KINDS;

const NOTHING = { kind: 'sm2' as Kind, fingerprint: '', publicKey: '' };

export function CertificatesOf({ account, mayBind }: { account: AccountRow; mayBind: boolean }) {
  const say = useSay();
  const queries = useQueryClient();
  const { serverClock } = useDeps();
  const [given, setGiven] = useState(NOTHING);
  const path = `/api/accounts/${encodeURIComponent(account.id)}/certificates`;
  const { data, error } = useQuery({
    queryKey: ['certificates', account.id],
    queryFn: ({ signal }) => getJson<CertificateList>(path, signal),
  });
  const act = useMutation({
    mutationFn: (sent: { path: string; body: object }) => postJson(sent.path, sent.body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['certificates', account.id] }),
  });
  const failed = act.error ?? (data ? null : error);
  const problem = failed ? problemIn(failed) : undefined;
  const { kind, fingerprint, publicKey } = given;
  return (
    <section className={styles.form} aria-labelledby="certificates">
      <h3 id="certificates">{say(W.certificates)}</h3>
      {data?.certificates.length === 0 && <p className={styles.hint}>{say(W.noCertificates)}</p>}
      {data && data.certificates.length > 0 && (
        <ul className={styles.certificates}>
          {data.certificates.map((one) => (
            <li key={one.fingerprint} data-off={one.endedAtMs !== null}>
              <p>
                {say(CERTIFICATE_KINDS[one.kind])} ·{' '}
                {say(one.endedAtMs === null ? W.bound : W.unbound)}{' '}
                {momentText(one.endedAtMs ?? one.boundAtMs, serverClock.now())}
                <br />
                <span className={styles.hint}>{fingerprintText(one.fingerprint)}</span>
              </p>
              {mayBind && one.endedAtMs === null && (
                <span className={styles.acts}>
                  <button
                    type="button"
                    disabled={act.isPending}
                    onClick={() =>
                      act.mutate({ path: `/api/certificates/${one.fingerprint}/end`, body: {} })
                    }
                  >
                    {say(W.unbind)}
                  </button>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayBind && (
        <form
          className={styles.inner}
          aria-labelledby="certificates"
          onSubmit={(event) => {
            event.preventDefault();
            const body = { ...given, publicKey: kind === 'sm2' ? publicKey.trim() : '' };
            act.mutate({ path, body }, { onSuccess: () => setGiven({ ...NOTHING, kind }) });
          }}
        >
          <p className={styles.hint}>{say(W.certificatesHint)}</p>
          <label className={styles.field}>
            <span>{say(W.certificateKind)}</span>
            <select
              value={kind}
              onChange={({ target }) => setGiven({ ...given, kind: target.value as Kind })}
            >
              {(Object.keys(CERTIFICATE_KINDS) as Kind[]).map((one) => (
                <option key={one} value={one}>
                  {say(CERTIFICATE_KINDS[one])}
                </option>
              ))}
            </select>
          </label>
          <label className={styles.field}>
            <span>{say(W.fingerprint)}</span>
            <input
              required
              autoComplete="off"
              maxLength={100}
              value={fingerprint}
              onChange={({ target }) => setGiven({ ...given, fingerprint: target.value })}
            />
          </label>
          {kind === 'sm2' && (
            <label className={styles.field}>
              <span>{say(W.publicKey)}</span>
              <input
                required
                autoComplete="off"
                maxLength={200}
                value={publicKey}
                onChange={({ target }) => setGiven({ ...given, publicKey: target.value })}
              />
            </label>
          )}
          <div className={styles.acts}>
            <button type="submit" disabled={act.isPending}>
              {say(W.bind)}
            </button>
          </div>
        </form>
      )}
      {problem && (
        <p className={styles.wrong} role="alert">
          {say(problem.says)}
          {problem.hint && <> · {say(problem.hint)}</>}
        </p>
      )}
    </section>
  );
}
