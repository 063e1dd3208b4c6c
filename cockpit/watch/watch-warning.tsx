// In the console's head, only while something stands still: how much, and the way to what.

import { useSay } from '../shared/language.tsx';
import { StateMark } from '../shared/marks.tsx';
import { WATCH_PATH } from '../shared/router.ts';
import { useWatch } from './use-watch.ts';
import { warningText } from './words.ts';
import styles from './watch-warning.module.css';

export function WatchWarning() {
  const say = useSay();
  const { data } = useWatch();
  const lasting = data?.lasting ?? [];
  const [first] = lasting;
  if (!first) return null;
  const isGrave = lasting.some(({ level, kind }) => level === 1 || kind === 'canary');
  return (
    <a
      className={styles.warning}
      data-grave={isGrave}
      href={WATCH_PATH}
      role="status"
      title={say(first.name)}
    >
      <StateMark state={isGrave ? 'bad' : 'warn'} />
      <span className={styles.words}>{say(warningText(lasting.length))}</span>
      {/* On a phone there is room for the number. */}
      <span className={styles.number} aria-hidden="true">
        {lasting.length}
      </span>
    </a>
  );
}
