// What was allowed, in clear and for a short while: gone when the time is over, when the page is turned away
// from, and when this component goes. The values live here alone.

import { useEffect } from 'react';
import type { IdentityFieldName, ShownPerson } from '../../app/api/identities.ts';
import { FIELD_NAMES, leftText } from '../console/identity/identity-words.ts';
import { useDeps, useTimed } from '../shared/deps.tsx';
import { useLanguage, useSay } from '../shared/language.tsx';
import { UNKNOWN } from '../shared/format.ts';
import { IDENTITIES_WORDS as W } from './words.ts';
import styles from './identities-page.module.css';

export type Shown = {
  readonly persons: readonly ShownPerson[];
  readonly fields: readonly IdentityFieldName[];
  readonly untilMs: number;
};

export function Opened({ shown, onHide }: { shown: Shown; onHide: () => void }) {
  const say = useSay();
  const language = useLanguage();
  const { clock, serverClock } = useDeps();
  const { persons, fields, untilMs } = shown;
  useEffect(() => {
    const timer = clock.after(Math.max(0, untilMs - serverClock.now()), onHide);
    const onTurned = () => {
      if (document.visibilityState === 'hidden') onHide();
    };
    document.addEventListener('visibilitychange', onTurned);
    return () => {
      timer.cancel();
      document.removeEventListener('visibilitychange', onTurned);
    };
  }, [clock, serverClock, untilMs, onHide]);
  const left = useTimed(
    (nowMs) => leftText(Math.max(0, Math.ceil((untilMs - nowMs) / 1_000)))[language],
  );
  return (
    <section className={styles.opened} aria-labelledby="opened">
      <h2 id="opened">{say(W.opened)}</h2>
      <p className={styles.hint}>{say(W.openedHint)}</p>
      <div className={styles.scroll} role="region" aria-labelledby="opened" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say(W.person)}</th>
              {fields.map((field) => (
                <th key={field} scope="col">
                  {say(FIELD_NAMES[field])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {persons.map(({ subject, values, unreadable }) => (
              <tr key={subject}>
                <th scope="row">{subject}</th>
                {fields.map((field) => (
                  <td key={field}>
                    {unreadable.includes(field) ? say(W.damaged) : (values[field] ?? UNKNOWN)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.acts}>
        <button type="button" onClick={onHide}>
          {say(W.hide)}
        </button>
        <span className={styles.hint}>{left}</span>
      </div>
    </section>
  );
}
