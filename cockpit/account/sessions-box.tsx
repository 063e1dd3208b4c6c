// Where I am signed in, and ending what I do not know.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { OwnAccount } from '../../app/api/access.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { ACCOUNT_WORDS as W, FACTOR_NAMES } from './words.ts';
import styles from './account-page.module.css';

export function SessionsBox({ account: { sessions, nowMs } }: { account: OwnAccount }) {
  const say = useSay();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: (which: string) => postJson(`/api/account/sessions/${which}`, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['account'] }),
  });
  return (
    <section className={styles.box} aria-labelledby="own-sessions">
      <h2 id="own-sessions">{say(W.sessions)}</h2>
      <ul>
        {sessions.map(({ id, agent, factor, createdAtMs, lastSeenAtMs, isThis }) => (
          <li key={id ?? createdAtMs} className={styles.row}>
            <p>
              {agent === '' ? say(W.unknownAgent) : agentName(agent)} · {say(FACTOR_NAMES[factor])}
              {isThis && <> · {say(W.thisOne)}</>}
              <br />
              <span className={styles.hint}>
                {say(W.began)} {momentText(createdAtMs, nowMs)} · {say(W.lastSeen)}{' '}
                {momentText(lastSeenAtMs, nowMs)}
              </span>
            </p>
            {!isThis && id !== null && (
              <button
                type="button"
                disabled={end.isPending}
                onClick={() => end.mutate(`${encodeURIComponent(id)}/end`)}
              >
                {say(W.end)}
              </button>
            )}
          </li>
        ))}
      </ul>
      {end.error && (
        <p className={styles.wrong} role="alert">
          {say(problemIn(end.error).says)}
        </p>
      )}
      {sessions.length > 1 && (
        <div className={styles.acts}>
          <button type="button" disabled={end.isPending} onClick={() => end.mutate('end-others')}>
            {say(W.endOthers)}
          </button>
        </div>
      )}
    </section>
  );
}

/** `Chrome · Windows` of what a browser says at length. */
function agentName(agent: string): string {
  const browser =
    ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name)) ?? '';
  const system =
    ['Windows', 'Android', 'iPhone', 'Mac OS', 'Linux'].find((name) => agent.includes(name)) ?? '';
  const known = [browser === 'Edg' ? 'Edge' : browser, system].filter((part) => part !== '');
  return known.length === 0 ? agent.slice(0, 60) : known.join(' · ');
}
