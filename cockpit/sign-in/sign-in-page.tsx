// The door: name and password, and in a demo the accounts to try. Leads on to where one wanted to go.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Me, Role, SignIn } from '../../app/api/session.ts';
import type { Text } from '../../core/text.ts';
import { getJson, problemIn, RequestProblem, wantsCode } from '../shared/api.ts';
import { LanguageSwitch, useSay } from '../shared/language.tsx';
import { PlumbMark } from '../shared/marks.tsx';
import { followTo, KIOSK_PATH, safeNext, useQueryText } from '../shared/router.ts';
import { homeOf, signIn } from '../shared/session.ts';
import { usePage } from '../shared/use-page.ts';
import { WORDS } from '../shared/words.ts';
import { ROLE_NAMES, SIGN_IN_WORDS } from './words.ts';
import styles from './sign-in.module.css';

type DemoAccount = SignIn & { readonly name: Text; readonly role: Role };

export function SignInPage({ me }: { me: Me | undefined }) {
  const say = useSay();
  const queries = useQueryClient();
  const next = safeNext(new URLSearchParams(useQueryText()).get('next'));
  const [credentials, setCredentials] = useState<SignIn>({ login: '', password: '' });
  const submit = useRef<HTMLButtonElement>(null);
  const demo = useDemoAccounts();
  const entry = useMutation({
    mutationFn: (given: SignIn) => signIn(queries, given),
    onSuccess: (known) => followTo(known.owes ? homeOf(known) : (next ?? homeOf(known))),
    onError: (error, { login }) => {
      if (wantsCode(error)) setCodeFor(login);
    },
  });
  // Once asked for, the code stays asked for until another login is typed.
  const [codeFor, setCodeFor] = useState<string>();
  const asksCode = codeFor !== undefined && codeFor === credentials.login;
  usePage('sign-in', { ready: demo !== undefined });

  const fill = ({ login, password }: SignIn) => {
    setCredentials({ login, password });
    entry.reset();
    submit.current?.focus();
  };

  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <LanguageSwitch className={styles.language} />
      </header>
      <main className={styles.main}>
        <div className={styles.brand}>
          <PlumbMark />
          <h1>{say(WORDS.product)}</h1>
          <p>{say(WORDS.productLine)}</p>
        </div>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            entry.mutate(credentials);
          }}
        >
          <label className={styles.field}>
            <span>{say(SIGN_IN_WORDS.login)}</span>
            <input
              name="login"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              maxLength={64}
              value={credentials.login}
              onChange={(event) => setCredentials({ ...credentials, login: event.target.value })}
            />
          </label>
          <label className={styles.field}>
            <span>{say(SIGN_IN_WORDS.password)}</span>
            <input
              name="password"
              type="password"
              autoComplete="current-password"
              required
              maxLength={200}
              value={credentials.password}
              onChange={(event) => setCredentials({ ...credentials, password: event.target.value })}
            />
          </label>
          {asksCode && (
            <label className={styles.field}>
              <span>{say(SIGN_IN_WORDS.code)}</span>
              <input
                name="code"
                inputMode="text"
                autoComplete="one-time-code"
                autoFocus
                required
                maxLength={40}
                value={credentials.code ?? ''}
                onChange={(event) => setCredentials({ ...credentials, code: event.target.value })}
              />
            </label>
          )}
          <div className={styles.outcome} role="alert">
            {entry.error !== null && <Refusal error={entry.error} />}
          </div>
          <button ref={submit} type="submit" className={styles.submit} disabled={entry.isPending}>
            {say(entry.isPending ? SIGN_IN_WORDS.submitting : SIGN_IN_WORDS.submit)}
          </button>
          {me && (
            <a className={styles.goOn} href={next ?? homeOf(me)}>
              {say(SIGN_IN_WORDS.goOn)} · {say(me.name)}
            </a>
          )}
        </form>
        {demo && demo.length > 0 && <DemoAccounts accounts={demo} onChoose={fill} />}
      </main>
      <footer className={styles.foot}>
        {say(SIGN_IN_WORDS.traced)} <a href={KIOSK_PATH}>{say(SIGN_IN_WORDS.enrolWall)}</a>
      </footer>
    </div>
  );
}

function Refusal({ error }: { error: Error }) {
  const say = useSay();
  const { says, hint } = problemIn(error);
  return (
    <p>
      <strong>{say(says)}</strong>
      {hint && <span>{say(hint)}</span>}
    </p>
  );
}

function DemoAccounts({
  accounts,
  onChoose,
}: {
  accounts: readonly DemoAccount[];
  onChoose: (account: SignIn) => void;
}) {
  const say = useSay();
  return (
    <section className={styles.demo} aria-labelledby="demo-title">
      <h2 id="demo-title">{say(SIGN_IN_WORDS.demoTitle)}</h2>
      <p>{say(SIGN_IN_WORDS.demoHint)}</p>
      <ul>
        {accounts.map((account) => (
          <li key={account.login}>
            <button type="button" onClick={() => onChoose(account)}>
              <span className={styles.demoName}>{say(account.name)}</span>
              <span className={styles.demoRole}>{say(ROLE_NAMES[account.role])}</span>
              <span className={styles.demoLogin}>{account.login}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The accounts of a demo; empty where the server has none to offer, undefined while asking. */
function useDemoAccounts(): readonly DemoAccount[] | undefined {
  const { data, error } = useQuery({
    queryKey: ['demo-accounts'],
    queryFn: ({ signal }) => getJson<DemoAccount[]>('/api/demo-accounts', signal),
    retry: (count, cause) => count < 1 && !(cause instanceof RequestProblem),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? (error ? [] : undefined);
}
