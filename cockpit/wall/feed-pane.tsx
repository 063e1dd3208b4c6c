// The live list of open alerts, gravest first, with their age in whole minutes and who still has to
// acknowledge. It names no person.

import type { Wall, WallAlert } from '../../app/api/wall.ts';
import { regionName } from '../../core/region.ts';
import { useTimed } from '../shared/deps.tsx';
import { ageText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { LevelMark } from '../shared/marks.tsx';
import { CLASS_NAMES, WORDS } from '../shared/words.ts';
import { NothingKnown, Pane } from './pane.tsx';
import { useRowsThatFit } from './use-rows-that-fit.ts';
import { mostPressingFirst } from './wall-store.ts';
import { moreText, WALL_WORDS } from './words.ts';
import styles from './feed-pane.module.css';

const ROW_REM = 4.5;

export function FeedPane({ wall }: { wall: Wall | undefined }) {
  const say = useSay();
  const { ref, rows } = useRowsThatFit<HTMLOListElement>(ROW_REM);
  const alerts = (wall?.alerts ?? []).toSorted(mostPressingFirst);
  const open = (wall?.counties ?? []).reduce((sum, { open: of }) => sum + of[1] + of[2] + of[3], 0);
  const hidden = Math.max(open, alerts.length) - Math.min(rows, alerts.length);
  return (
    <Pane title={WALL_WORDS.feed} note={wall && hidden > 0 ? say(moreText(hidden)) : undefined}>
      <ol ref={ref} className={styles.feed}>
        {alerts.slice(0, rows).map((alert) => (
          <FeedRow key={alert.id} alert={alert} />
        ))}
      </ol>
      {alerts.length === 0 && (
        <div className={styles.none}>
          <NothingKnown says={wall ? WALL_WORDS.noAlerts : WORDS.noData} />
        </div>
      )}
    </Pane>
  );
}

function FeedRow({ alert }: { alert: WallAlert }) {
  const say = useSay();
  const language = useLanguage();
  const age = useTimed((nowMs) => ageText(nowMs - alert.openedAtMs)[language]);
  const waiting = alert.status === 'new';
  return (
    <li className={styles.row} data-level={alert.level} data-open={waiting}>
      <LevelMark level={alert.level} open={waiting} />
      <span className={styles.title}>{say(alert.title)}</span>
      <span className={styles.age}>{age}</span>
      <span className={styles.where}>
        {say(regionName(alert.region))} · {say(CLASS_NAMES[alert.subjectClass])} ·{' '}
        <span className={styles.reference}>{alert.reference}</span>
      </span>
      <span className={styles.status} data-open={waiting}>
        {alert.clearedAtMs === null
          ? say(waiting ? WORDS.unacknowledged : WALL_WORDS.acknowledged)
          : say(WORDS.cleared)}
      </span>
    </li>
  );
}
