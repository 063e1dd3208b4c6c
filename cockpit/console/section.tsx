// A titled part of the alert.

import { useId, type ReactNode } from 'react';
import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import styles from './section.module.css';

export function Section({
  title,
  hint,
  children,
}: {
  title: Text;
  hint?: Text;
  children: ReactNode;
}) {
  const say = useSay();
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id}>{say(title)}</h2>
        {hint && <p>{say(hint)}</p>}
      </header>
      {children}
    </section>
  );
}
