// What somebody asked before, refused ones too: any of it can be taken up again.

import type { z } from 'zod';
import type { sqlHistorySchema } from '../../app/api/sql.ts';
import { text } from '../../core/text.ts';
import { problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import { OUTCOME_NAMES, SQL_WORDS } from './words.ts';
import styles from './sql-page.module.css';

type Statement = z.infer<typeof sqlHistorySchema>['statements'][number];

export function HistoryList({
  statements,
  error,
  reuse,
}: {
  statements: readonly Statement[] | undefined;
  error: unknown;
  reuse(statement: Statement): void;
}) {
  const say = useSay();
  return (
    <aside className={styles.aside} aria-labelledby="history">
      <section className={styles.box}>
        <h2 id="history">{say(SQL_WORDS.history)}</h2>
        {!statements && <p role="status">{say(error ? problemIn(error).says : WORDS.loading)}</p>}
        {statements?.length === 0 && <p className={styles.hint}>{say(SQL_WORDS.noHistory)}</p>}
        <ol className={styles.history}>
          {statements?.map((one) => (
            <li key={one.id}>
              <p className={styles.hint}>
                {say(dayClockText(one.atMs))} ·{' '}
                <span data-done={one.outcome === 'done'}>
                  {say(OUTCOME_NAMES[one.outcome] ?? text(one.outcome, one.outcome))}
                </span>
                {one.outcome === 'done' && ` · ${say(SQL_WORDS.rows(one.rows, one.durationMs))}`}
              </p>
              <p>{one.purpose}</p>
              <pre tabIndex={0}>{one.statement}</pre>
              <button type="button" onClick={() => reuse(one)}>
                {say(SQL_WORDS.reuse)}
              </button>
            </li>
          ))}
        </ol>
      </section>
    </aside>
  );
}
