// What the server refused, in its own words: the fact, where it is, what to do.

import { problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import styles from './rules-page.module.css';

export function Trouble({ error }: { error: Error | null }) {
  const say = useSay();
  if (!error) return null;
  const problem = problemIn(error);
  return (
    <div className={styles.trouble} role="alert">
      <b>{say(problem.says)}</b>
      {problem.detail && <pre>{problem.detail.trim()}</pre>}
      {problem.hint && <p>{say(problem.hint)}</p>}
    </div>
  );
}
