// The certificates that open my account; who binds them is the administrator.

import { useQuery } from '@tanstack/react-query';
import type { CertificateList } from '../../app/api/access.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { fingerprintText } from '../shared/fingerprint-text.ts';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { ACCOUNT_WORDS as W } from './words.ts';
import styles from './account-page.module.css';

export function OwnCertificates({ nowMs }: { nowMs: number }) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['own-certificates'],
    queryFn: ({ signal }) => getJson<CertificateList>('/api/account/certificates', signal),
  });
  const certificates = data?.certificates ?? [];
  return (
    <section className={styles.box} aria-labelledby="own-certificates">
      <h2 id="own-certificates">{say(W.certificates)}</h2>
      <p className={styles.hint}>{say(W.certificatesHint)}</p>
      {error && !data && (
        <p className={styles.wrong} role="alert">
          {say(problemIn(error).says)}
        </p>
      )}
      {data && certificates.length === 0 && <p className={styles.hint}>{say(W.noCertificates)}</p>}
      {certificates.length > 0 && (
        <ul>
          {certificates.map(({ fingerprint, kind, boundAtMs, endedAtMs }) => (
            <li key={fingerprint} className={styles.row}>
              <p>
                {kind === 'sm2' ? 'SM2' : 'X.509'} · {say(W.certificateBound)}{' '}
                {momentText(boundAtMs, nowMs)}
                {endedAtMs !== null && (
                  <>
                    {' '}
                    · {say(W.certificateEnded)} {momentText(endedAtMs, nowMs)}
                  </>
                )}
                <br />
                <span className={styles.hint}>{fingerprintText(fingerprint)}</span>
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
