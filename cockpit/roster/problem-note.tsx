// Why something was refused, where and what to do instead, beside the form it is about.

import { problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import styles from './panels.module.css';

export function ProblemNote({ error }: { error: unknown }) {
  const say = useSay();
  if (!error) return null;
  const { says, detail, hint } = problemIn(error);
  return (
    <p className={styles.wrong} role="alert">
      <strong>{say(says)}</strong>
      {detail && <span>{detail}</span>}
      {hint && <span>{say(hint)}</span>}
    </p>
  );
}
