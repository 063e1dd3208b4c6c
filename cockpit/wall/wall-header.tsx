// The head of the wall: whose wall it is, how fresh it is, and the time.

import { useTimed } from '../shared/deps.tsx';
import { dayText, secondText } from '../shared/format.ts';
import { LanguageSwitch, useLanguage, useSay } from '../shared/language.tsx';
import { LiveBadge } from '../shared/live-badge.tsx';
import type { LiveStatus } from '../shared/live/live-stream.ts';
import { PlumbMark } from '../shared/marks.tsx';
import { CONSOLE_PATH } from '../shared/router.ts';
import { useSignOut } from '../shared/session.ts';
import { WORDS } from '../shared/words.ts';
import { WALL_WORDS } from './words.ts';
import styles from './wall-header.module.css';

export function WallHeader({
  status,
  staleSeconds,
  toConsole,
}: {
  status: LiveStatus;
  staleSeconds: number | undefined;
  /** The reader may open the console. */
  toConsole: boolean;
}) {
  const say = useSay();
  const signOut = useSignOut();
  return (
    <header className={styles.header}>
      <div className={styles.brand}>
        <PlumbMark />
        <span className={styles.product}>{say(WORDS.product)}</span>
        <h1>{say(WALL_WORDS.title)}</h1>
      </div>
      <nav className={styles.tools}>
        {toConsole && <a href={CONSOLE_PATH}>{say(WORDS.console)}</a>}
        <LanguageSwitch />
        <button type="button" onClick={() => void signOut()}>
          {say(WORDS.signOut)}
        </button>
      </nav>
      <div className={styles.fresh}>
        <LiveBadge status={status} staleSeconds={staleSeconds} />
      </div>
      <Clock />
    </header>
  );
}

function Clock() {
  const say = useSay();
  const language = useLanguage();
  const time = useTimed(secondText);
  const day = useTimed((nowMs) => dayText(nowMs)[language]);
  return (
    <div className={styles.clock}>
      <span>
        {day} · {say(WALL_WORDS.time)}
      </span>
      <time>{time}</time>
    </div>
  );
}
