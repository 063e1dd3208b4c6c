// A field of which one of several is chosen.

import type { Text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import styles from './imports-page.module.css';

export function Choice({
  name,
  value,
  options,
  disabled = false,
  set,
}: {
  name: Text;
  value: string;
  options: readonly (readonly [value: string, says: string])[];
  disabled?: boolean;
  set(value: string): void;
}) {
  const say = useSay();
  return (
    <label className={styles.field}>
      <span>{say(name)}</span>
      <select value={value} disabled={disabled} onChange={(event) => set(event.target.value)}>
        {options.map(([one, says]) => (
          <option key={one} value={one}>
            {says}
          </option>
        ))}
      </select>
    </label>
  );
}
