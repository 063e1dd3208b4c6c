// What may be asked: views with their columns, each of which goes into the statement by a press.

import type { z } from 'zod';
import type { sqlViewsSchema } from '../../app/api/sql.ts';
import { problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import { SQL_WORDS } from './words.ts';
import styles from './sql-page.module.css';

export function ViewList({
  views: given,
  error,
  insert,
}: {
  views: z.infer<typeof sqlViewsSchema> | undefined;
  error: unknown;
  insert(word: string): void;
}) {
  const say = useSay();
  return (
    <aside className={styles.aside} aria-labelledby="views">
      <section className={styles.box}>
        <h2 id="views">{say(SQL_WORDS.views)}</h2>
        {!given && <p role="status">{say(error ? problemIn(error).says : WORDS.loading)}</p>}
        {given && (
          <p className={styles.hint}>
            {say(SQL_WORDS.limits(given.rowsMax, given.secondsMax, given.floor))}
          </p>
        )}
        {given?.views.map(({ name, says, columns }, i) => (
          <details key={name} className={styles.view} open={i === 0}>
            <summary>
              <span>{name}</span>
              <small>{say(says)}</small>
            </summary>
            <ul>
              {[{ name, type: '', says: SQL_WORDS.view }, ...columns].map((column) => (
                <li key={`${column.name}${column.type}`}>
                  <button
                    type="button"
                    aria-label={`${say(SQL_WORDS.insert)} ${column.name}`}
                    onClick={() => insert(column.name)}
                  >
                    {column.name}
                  </button>
                  <small>
                    {column.type !== '' && `${column.type.toLowerCase()} · `}
                    {say(column.says)}
                  </small>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </section>
    </aside>
  );
}
