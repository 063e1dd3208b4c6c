// The quiet page while something is being fetched.

import { useSay } from './language.tsx';
import { WORDS } from './words.ts';
import styles from './mishap.module.css';

export function Waiting() {
  const say = useSay();
  return (
    <p className={styles.waiting} role="status">
      {say(WORDS.loading)}
    </p>
  );
}
