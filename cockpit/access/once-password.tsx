// A one-time password, in letters that can be read out on the telephone.

import { useSay } from '../shared/language.tsx';
import { ACCESS_WORDS as W } from './words.ts';
import styles from './access-page.module.css';

export function OncePassword({ password }: { password: string }) {
  const say = useSay();
  return (
    <div className={styles.once} role="status">
      <p>{say(W.once)}</p>
      <p className={styles.secret}>{password}</p>
      <p className={styles.hint}>{say(W.onceHint)}</p>
    </div>
  );
}
