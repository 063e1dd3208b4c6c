// A level-1 alert that waits: one calm, full-width band that stays until everyone has acknowledged. It
// does not blink; its size and colour are enough.

import type { WallAlert } from '../../app/api/wall.ts';
import { regionName } from '../../core/region.ts';
import { useTimed } from '../shared/deps.tsx';
import { ageText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { CLASS_NAMES, LEVEL_DUTIES, LEVEL_NAMES } from '../shared/words.ts';
import { moreText, WALL_WORDS } from './words.ts';
import styles from './grave-band.module.css';

export function GraveBand({ alerts }: { alerts: readonly WallAlert[] }) {
  const waiting = alerts.filter(({ level, status }) => level === 1 && status === 'new');
  const [first] = waiting;
  return (
    <div className={styles.place} role="alert">
      {first && <Band alert={first} more={waiting.length - 1} />}
    </div>
  );
}

function Band({ alert, more }: { alert: WallAlert; more: number }) {
  const say = useSay();
  const language = useLanguage();
  const age = useTimed((nowMs) => ageText(nowMs - alert.openedAtMs)[language]);
  return (
    <div className={styles.band} data-level={1}>
      <LevelMark level={1} open label={false} />
      <strong className={styles.level}>
        {say(LEVEL_NAMES[1])} · {say(LEVEL_DUTIES[1])}
      </strong>
      <span className={styles.title}>
        {say(regionName(alert.region))} · {say(alert.title)}
      </span>
      <span className={styles.rest}>
        {say(CLASS_NAMES[alert.subjectClass])} · {alert.reference}
      </span>
      {/* Its minutes must not be read out again and again. */}
      <span className={styles.age} aria-hidden="true">
        {say(WALL_WORDS.newAlert)} · {age}
        {more > 0 && ` · ${say(moreText(more))}`}
      </span>
    </div>
  );
}
