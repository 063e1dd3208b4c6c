// What can be done with one account: decide what waits, ask for other rights, disable, reset, end its sessions.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccountRow, OneTimePassword } from '../../app/api/access.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName } from '../../core/region.ts';
import type { Text } from '../../core/text.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { ROLE_NAMES } from '../sign-in/words.ts';
import { CertificatesOf } from './certificates.tsx';
import { OncePassword } from './once-password.tsx';
import { NO_RIGHTS, RightsFields, rightsBody, type AskedRights } from './rights-fields.tsx';
import { ACCESS_WORDS as W, SCOPE_WORDS } from './words.ts';
import styles from './access-page.module.css';

type Act = { readonly path: string; readonly body?: object };

export function AccountPanel({ me, account }: { me: Me; account: AccountRow }) {
  const say = useSay();
  const queries = useQueryClient();
  const may = (fn: string) => me.rights?.includes(fn) ?? false;
  const [rights, setRights] = useState<AskedRights>({
    ...NO_RIGHTS,
    role: baseRole(account.role),
    region: account.region,
  });
  const act = useMutation({
    mutationFn: ({ path, body = {} }: Act) => postJson<OneTimePassword | undefined>(path, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['accounts'] }),
  });
  const { id, waiting } = account;
  const path = `/api/accounts/${encodeURIComponent(id)}`;
  const problem = act.error ? problemIn(act.error) : undefined;
  const button = (label: Text, given: Act, isMain = false) => (
    <button
      type="button"
      className={isMain ? styles.go : undefined}
      disabled={act.isPending}
      onClick={() => act.mutate(given)}
    >
      {say(label)}
    </button>
  );
  return (
    <section className={styles.box} aria-labelledby="chosen-account">
      <h2 id="chosen-account">
        {say(account.name)} <span className={styles.hint}>{account.login}</span>
      </h2>
      {account.isMe && <p className={styles.hint}>{say(W.self)}</p>}
      {waiting && (
        <div className={styles.once}>
          <p>
            {say(W.waiting)}：{say(ROLE_NAMES[waiting.role])} · {say(regionName(waiting.region))} ·{' '}
            {say(waiting.scope === null ? W.scopeOfRole : SCOPE_WORDS[waiting.scope.kind])}
          </p>
          <p className={styles.hint}>
            {say(waiting.askedBy)} {say(W.asked)} · {waiting.reason}
          </p>
          {waiting.mayDecide && (
            <div className={styles.acts}>
              {button(W.approve, { path: `/api/grants/${waiting.id}/approve` }, true)}
              {button(W.refuse, { path: `/api/grants/${waiting.id}/refuse` })}
            </div>
          )}
        </div>
      )}
      {!account.isMe && (
        <div className={styles.acts}>
          {may('account.change') &&
            !waiting &&
            button(account.active ? W.disable : W.enable, {
              path: `${path}/${account.active ? 'disable' : 'enable'}`,
            })}
          {may('account.change') && button(W.reset, { path: `${path}/reset-password` })}
          {may('account.change') &&
            account.hasSecondFactor &&
            button(W.resetFactor, { path: `${path}/reset-password`, body: { secondFactor: true } })}
          {may('session.end') &&
            account.sessions > 0 &&
            button(W.endSessions, { path: `${path}/end-sessions` })}
        </div>
      )}
      {act.data?.password !== undefined && <OncePassword password={act.data.password} />}
      <CertificatesOf account={account} mayBind={may('account.change') && !account.isMe} />
      {may('role.grant') && !account.isMe && !waiting && (
        <form
          className={styles.form}
          aria-labelledby="other-rights"
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({ path: `${path}/grants`, body: rightsBody(rights) });
          }}
        >
          <h3 id="other-rights">{say(W.change)}</h3>
          <RightsFields me={me} rights={rights} onChange={setRights} />
          <div className={styles.acts}>
            <button type="submit" disabled={act.isPending}>
              {say(W.ask)}
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

/** Whether somebody leads is told by the roster of officers, not granted here. */
function baseRole(role: AccountRow['role']): AskedRights['role'] {
  if (role === 'city-leader') return 'city-officer';
  if (role === 'county-leader') return 'county-officer';
  return role === 'kiosk' ? 'county-officer' : role;
}
