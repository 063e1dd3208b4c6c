// Open alerts by how long they have been open: one bar cut by age, the figures under it.

import type { Wall } from '../../app/api/wall.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { Pane } from './pane.tsx';
import { AGE_NAMES, WALL_WORDS } from './words.ts';
import styles from './ages-pane.module.css';

export function AgesPane({ wall }: { wall: Wall | undefined }) {
  const say = useSay();
  const ages = wall?.openByAge ?? AGE_NAMES.map(() => undefined);
  return (
    <Pane title={WALL_WORDS.byAge}>
      <ol className={styles.ages}>
        {ages.map((count, age) => (
          // Widths follow the counts, but no age with alerts gets too narrow for its figure.
          <li key={age} data-age={age} data-none={!count} style={{ flexGrow: 2 + (count ?? 0) }}>
            <span className={styles.count}>{countText(count)}</span>
            <span className={styles.name}>{say(AGE_NAMES[age] as (typeof AGE_NAMES)[number])}</span>
          </li>
        ))}
      </ol>
    </Pane>
  );
}
