// Two or three ways to look at the same thing, of which one is on.

import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import styles from './switch.module.css';

export function Switch<Way extends string>({
  label,
  ways,
  way,
  choose,
}: {
  label: Text;
  ways: Readonly<Record<Way, Text>>;
  way: Way;
  choose: (way: Way) => void;
}) {
  const say = useSay();
  return (
    <div className={styles.switch} role="group" aria-label={say(label)}>
      {(Object.entries(ways) as [Way, Text][]).map(([one, name]) => (
        <button key={one} type="button" aria-pressed={one === way} onClick={() => choose(one)}>
          {say(name)}
        </button>
      ))}
    </div>
  );
}
