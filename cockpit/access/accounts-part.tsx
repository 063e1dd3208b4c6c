// The accounts as a table, those that wait for approval first; beside it what can be done with the chosen one.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccountList, AccountRow } from '../../app/api/access.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import { getJson, problemIn } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { usePage } from '../shared/use-page.ts';
import { AccountPanel } from './account-panel.tsx';
import { NewAccount } from './new-account.tsx';
import { ACCESS_WORDS as W, POLICY_ROLE_NAMES, SCOPE_WORDS } from './words.ts';
import styles from './access-page.module.css';

export function AccountsPart({ me }: { me: Me }) {
  const say = useSay();
  const { data, error } = useQuery({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => getJson<AccountList>('/api/accounts', signal),
  });
  const [chosenId, setChosenId] = useState<string>();
  usePage('access', { ready: data !== undefined || error !== null });
  const accounts = (data?.accounts ?? []).toSorted(
    (a, b) => Number(b.waiting !== null) - Number(a.waiting !== null),
  );
  const chosen = accounts.find(({ id }) => id === chosenId);
  const mayChange = me.rights?.includes('account.change') ?? false;
  return (
    <div className={styles.columns}>
      <main className={styles.scroll}>
        {error && !data && (
          <p className={styles.wrong} role="alert">
            {say(problemIn(error).says)}
          </p>
        )}
        <table className={styles.table}>
          <thead>
            <tr>
              {[W.login, W.name, W.role, W.unit, W.scope, W.factor, W.state, W.seen].map((head) => (
                <th key={head.en} scope="col">
                  {say(head)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {accounts.map((account) => (
              <Row
                key={account.id}
                account={account}
                isChosen={account.id === chosenId}
                onChoose={() => setChosenId(account.id)}
              />
            ))}
          </tbody>
        </table>
      </main>
      <aside className={styles.aside}>
        {chosen ? (
          <AccountPanel key={chosen.id} me={me} account={chosen} />
        ) : (
          <p className={styles.hint}>{say(W.choose)}</p>
        )}
        {mayChange && <NewAccount me={me} />}
      </aside>
    </div>
  );
}

function Row({
  account,
  isChosen,
  onChoose,
}: {
  account: AccountRow;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const say = useSay();
  const { serverClock } = useDeps();
  const { login, name, role, region, scope, isDemo, hasSecondFactor, lastSeenAtMs } = account;
  return (
    <tr data-chosen={isChosen} data-off={!account.active}>
      <th scope="row">
        <button type="button" aria-pressed={isChosen} onClick={onChoose}>
          {login}
        </button>
      </th>
      <td>{say(name)}</td>
      <td>{say(POLICY_ROLE_NAMES[role])}</td>
      <td>{say(regionName(region))}</td>
      <td>{say(scope === null ? W.scopeOfRole : SCOPE_WORDS[scope.kind])}</td>
      <td>{say(isDemo ? W.factorDemo : hasSecondFactor ? W.factorOn : W.factorOff)}</td>
      <td>
        <StateOf account={account} />
      </td>
      <td>{lastSeenAtMs === null ? say(W.never) : momentText(lastSeenAtMs, serverClock.now())}</td>
    </tr>
  );
}

function StateOf({ account: { active, waiting, mustChangePassword } }: { account: AccountRow }) {
  const say = useSay();
  if (waiting) return <b className={styles.waiting}>{say(W.waiting)}</b>;
  if (!active) return <>{say(W.disabled)}</>;
  return <>{say(mustChangePassword ? W.mustChange : W.active)}</>;
}
