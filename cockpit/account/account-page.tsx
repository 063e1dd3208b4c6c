// My account: password, second factor, sessions. What is owed stands first, and nothing else works before.

import { useQuery } from '@tanstack/react-query';
import type { OwnAccount } from '../../app/api/access.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { usePage } from '../shared/use-page.ts';
import { ROLE_NAMES } from '../sign-in/words.ts';
import { OwnCertificates } from './own-certificates.tsx';
import { PasswordBox } from './password-box.tsx';
import { SecondFactorBox } from './second-factor-box.tsx';
import { SessionsBox } from './sessions-box.tsx';
import { ACCOUNT_WORDS as W } from './words.ts';
import styles from './account-page.module.css';

export function AccountPage({ me }: { me: Me }) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['account'],
    queryFn: ({ signal }) => getJson<OwnAccount>('/api/account', signal),
  });
  usePage('account', { ready: data !== undefined || error !== null });
  const problem = error && !data ? problemIn(error) : undefined;
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={W.title} />
      <main className={styles.main}>
        <div className={styles.who}>
          <h1>{say(me.name)}</h1>
          <p className={styles.hint}>
            {me.login} · {say(ROLE_NAMES[me.role])} · {say(regionName(me.region))}
          </p>
        </div>
        {me.owes === 'new-password' && <p className={styles.owes}>{say(W.owesPassword)}</p>}
        {me.owes === 'second-factor' && <p className={styles.owes}>{say(W.owesFactor)}</p>}
        {me.isDemo && <p className={styles.hint}>{say(W.demo)}</p>}
        {problem && (
          <p className={styles.wrong} role="alert">
            {say(problem.says)}
          </p>
        )}
        {data && me.owes !== 'second-factor' && <PasswordBox />}
        {data && me.owes !== 'new-password' && <SecondFactorBox account={data} />}
        {data && me.owes === 'second-factor' && <PasswordBox />}
        {data && <OwnCertificates nowMs={data.nowMs} />}
        {data && <SessionsBox account={data} />}
      </main>
    </div>
  );
}
