// A titled part of a page about rules.

import { useId, type ReactNode } from 'react';
import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import styles from './panel.module.css';

export function Panel({
  title,
  hint,
  action,
  children,
}: {
  title: Text;
  hint?: Text;
  /** At the end of the title. */
  action?: ReactNode;
  children: ReactNode;
}) {
  const say = useSay();
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <header>
        <h2 id={id}>{say(title)}</h2>
        {hint && <p>{say(hint)}</p>}
        {action}
      </header>
      <div className={styles.body}>{children}</div>
    </section>
  );
}
