// One pane of the wall's grid: a title, perhaps a note beside it, and what it shows. A pane whose data is
// too old is dimmed and says as of when.

import { useId, type ReactNode } from 'react';
import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import styles from './pane.module.css';

export function Pane({
  title,
  note,
  children,
}: {
  title: Text;
  note?: ReactNode;
  children: ReactNode;
}) {
  const say = useSay();
  const id = useId();
  return (
    <section className={styles.pane} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id}>{say(title)}</h2>
        {note !== undefined && <div className={styles.note}>{note}</div>}
      </header>
      <div className={styles.body}>{children}</div>
    </section>
  );
}

/** What stands in a pane of which nothing is known. */
export function NothingKnown({ says }: { says: Text }) {
  const say = useSay();
  return <p className={styles.nothing}>{say(says)}</p>;
}
