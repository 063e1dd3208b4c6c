// Open alerts by level: the three numbers to be read from eight metres, and how many wait.

import type { Wall } from '../../app/api/wall.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { LEVEL_NAMES } from '../shared/words.ts';
import { LEVELS } from './levels.ts';
import { Pane } from './pane.tsx';
import { sumOfLevel } from './sums.ts';
import { unacknowledgedText, WALL_WORDS } from './words.ts';
import styles from './levels-pane.module.css';

export function LevelsPane({ wall }: { wall: Wall | undefined }) {
  const say = useSay();
  return (
    <Pane title={WALL_WORDS.byLevel}>
      <ul className={styles.levels}>
        {LEVELS.map((level) => {
          const open = wall && sumOfLevel(wall.counties, 'open', level);
          const waiting = wall && sumOfLevel(wall.counties, 'unacknowledged', level);
          return (
            <li key={level} data-level={level} data-none={!open}>
              <LevelMark level={level} open={(waiting ?? 0) > 0} label={false} />
              <span className={styles.name}>{say(LEVEL_NAMES[level])}</span>
              {open !== undefined && open > 0 && (
                <span className={styles.waiting} data-waiting={(waiting ?? 0) > 0}>
                  {say(unacknowledgedText(waiting ?? 0))}
                </span>
              )}
              <span className={styles.count}>{countText(open)}</span>
            </li>
          );
        })}
      </ul>
    </Pane>
  );
}
