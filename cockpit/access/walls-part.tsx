// Walls: enrol the one that shows a code, see when each was last there, revoke.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KioskList } from '../../app/api/access.ts';
import type { Me } from '../../app/api/session.ts';
import { regionName, regionsWithin } from '../../core/region.ts';
import { getJson, postJson, problemIn } from '../shared/api.ts';
import { useDeps } from '../shared/deps.tsx';
import { momentText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { usePage } from '../shared/use-page.ts';
import { ACCESS_WORDS as W } from './words.ts';
import styles from './access-page.module.css';

export function WallsPart({ me }: { me: Me }) {
  const say = useSay();
  const queries = useQueryClient();
  const { serverClock } = useDeps();
  const { data, error } = useQuery({
    queryKey: ['kiosks'],
    queryFn: ({ signal }) => getJson<KioskList>('/api/kiosks', signal),
  });
  usePage('access', { ready: data !== undefined || error !== null });
  const [given, setGiven] = useState({ code: '', name: '', region: me.region as string });
  const act = useMutation({
    mutationFn: ({ path, body }: { path: string; body: object }) => postJson(path, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['kiosks'] }),
  });
  const mayEnrol = me.rights?.includes('kiosk.enrol') ?? false;
  const problem = act.error ?? (data ? null : error);
  const units = [me.region, ...regionsWithin(me.region).map(({ code }) => code)];
  return (
    <div className={styles.columns}>
      <main className={styles.scroll}>
        {data?.kiosks.length === 0 && <p className={styles.hint}>{say(W.noWalls)}</p>}
        {data && data.kiosks.length > 0 && (
          <table className={styles.table}>
            <thead>
              <tr>
                {[W.wallName, W.unit, W.enrolled, W.seen, W.state].map((head) => (
                  <th key={head.en} scope="col">
                    {say(head)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.kiosks.map((kiosk) => (
                <tr key={kiosk.id} data-off={kiosk.revokedAtMs !== null}>
                  <th scope="row">{kiosk.name}</th>
                  <td>{say(regionName(kiosk.region))}</td>
                  <td>
                    {momentText(kiosk.enrolledAtMs, serverClock.now())} · {say(kiosk.enrolledBy)}
                  </td>
                  <td>
                    {kiosk.lastSeenAtMs === null
                      ? '—'
                      : momentText(kiosk.lastSeenAtMs, serverClock.now())}
                  </td>
                  <td>
                    {kiosk.revokedAtMs !== null ? (
                      say(W.revoked)
                    ) : mayEnrol ? (
                      <button
                        type="button"
                        disabled={act.isPending}
                        onClick={() =>
                          act.mutate({ path: `/api/kiosks/${kiosk.id}/revoke`, body: {} })
                        }
                      >
                        {say(W.revoke)}
                      </button>
                    ) : (
                      say(W.active)
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </main>
      <aside className={styles.aside}>
        {mayEnrol && (
          <form
            className={styles.box}
            aria-labelledby="enrol-wall"
            onSubmit={(event) => {
              event.preventDefault();
              act.mutate(
                { path: '/api/kiosks', body: given },
                { onSuccess: () => setGiven({ ...given, code: '', name: '' }) },
              );
            }}
          >
            <h2 id="enrol-wall">{say(W.enrol)}</h2>
            <p className={styles.hint}>{say(W.enrolHint)}</p>
            <label className={styles.field}>
              <span>{say(W.wallCode)}</span>
              <input
                required
                minLength={4}
                maxLength={20}
                autoComplete="off"
                value={given.code}
                onChange={({ target }) => setGiven({ ...given, code: target.value })}
              />
            </label>
            <label className={styles.field}>
              <span>{say(W.wallName)}</span>
              <input
                required
                maxLength={60}
                value={given.name}
                onChange={({ target }) => setGiven({ ...given, name: target.value })}
              />
            </label>
            <label className={styles.field}>
              <span>{say(W.unit)}</span>
              <select
                value={given.region}
                onChange={({ target }) => setGiven({ ...given, region: target.value })}
              >
                {units.map((code) => (
                  <option key={code} value={code}>
                    {say(regionName(code))}
                  </option>
                ))}
              </select>
            </label>
            <div className={styles.acts}>
              <button type="submit" className={styles.go} disabled={act.isPending}>
                {say(W.enrol)}
              </button>
            </div>
          </form>
        )}
        {problem && (
          <p className={styles.wrong} role="alert">
            {say(problemIn(problem).says)}
          </p>
        )}
      </aside>
    </div>
  );
}
