// The head of the console: open alerts by level, how fresh the screen is, and the reader's switches.

import type { AlertList } from '../../app/api/alerts.ts';
import type { Me } from '../../app/api/session.ts';
import { useDeps, useSettings } from '../shared/deps.tsx';
import { countText } from '../shared/format.ts';
import { LanguageSwitch, useSay } from '../shared/language.tsx';
import { LiveBadge } from '../shared/live-badge.tsx';
import type { LiveStatus } from '../shared/live/live-stream.ts';
import { LevelMark, PlumbMark } from '../shared/marks.tsx';
import {
  CONSOLE_PATH,
  DRILLS_PATH,
  REPORTS_PATH,
  RULES_PATH,
  WALL_PATH,
} from '../shared/router.ts';
import { useSignOut } from '../shared/session.ts';
import { LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { WatchWarning } from '../watch/watch-warning.tsx';
import type { Alarm } from './use-alarm.ts';
import { CONSOLE_WORDS } from './words.ts';
import styles from './console-header.module.css';

export function ConsoleHeader({
  me,
  status,
  open,
  alarm,
  onKeys,
}: {
  me: Me;
  status: LiveStatus;
  open: AlertList['open'] | undefined;
  alarm: Alarm;
  onKeys: () => void;
}) {
  const say = useSay();
  return (
    <header className={styles.header}>
      <a className={styles.brand} href={CONSOLE_PATH}>
        <PlumbMark />
        <span className={styles.product}>{say(WORDS.product)}</span>
        <span className={styles.page}>{say(WORDS.console)}</span>
      </a>
      <ul className={styles.open} aria-label={say(CONSOLE_WORDS.openTotal)}>
        {([1, 2, 3] as const).map((level) => (
          <li key={level} data-level={level} data-none={open?.[level] === 0}>
            <LevelMark level={level} open={(open?.[level] ?? 0) > 0} label={false} />
            <span className="visually-hidden">{say(LEVEL_NAMES[level])}</span>
            {countText(open?.[level])}
          </li>
        ))}
      </ul>
      <div className={styles.fresh}>
        <LiveBadge status={status} staleSeconds={undefined} />
      </div>
      <WatchWarning />
      <details className={styles.menu}>
        <summary>{say(CONSOLE_WORDS.menu)}</summary>
        <Switches me={me} alarm={alarm} onKeys={onKeys} />
      </details>
      <div className={styles.wide}>
        <Switches me={me} alarm={alarm} onKeys={onKeys} />
      </div>
    </header>
  );
}

function Switches({ me, alarm, onKeys }: { me: Me; alarm: Alarm; onKeys: () => void }) {
  const say = useSay();
  const { settings } = useDeps();
  const { theme, sound, notify } = useSettings();
  const signOut = useSignOut();
  return (
    <nav className={styles.switches} aria-label={say(CONSOLE_WORDS.menu)}>
      <button type="button" aria-pressed={sound} onClick={() => alarm.setSound(!sound)}>
        {say(sound ? CONSOLE_WORDS.soundOn : CONSOLE_WORDS.soundOff)}
      </button>
      <button type="button" aria-pressed={notify} onClick={() => alarm.setNotify(!notify)}>
        {say(notify ? CONSOLE_WORDS.notifyOn : CONSOLE_WORDS.notifyOff)}
      </button>
      <button type="button" className={styles.keys} onClick={onKeys}>
        {say(CONSOLE_WORDS.keys)}
      </button>
      <button
        type="button"
        title={say(WORDS.themeSwitch)}
        onClick={() => settings.set({ theme: theme === 'dark' ? 'light' : 'dark' })}
      >
        {say(theme === 'dark' ? WORDS.themeLight : WORDS.themeDark)}
      </button>
      <LanguageSwitch />
      <a href={REPORTS_PATH}>{say(WORDS.reports)}</a>
      <a href={DRILLS_PATH}>{say(WORDS.drills)}</a>
      <a href={WALL_PATH}>{say(WORDS.wall)}</a>
      <a href={RULES_PATH}>{say(WORDS.rules)}</a>
      <span className={styles.me}>{say(me.name)}</span>
      <button type="button" onClick={() => void signOut()}>
        {say(WORDS.signOut)}
      </button>
    </nav>
  );
}
