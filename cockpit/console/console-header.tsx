// The head of the console: open alerts by level, how fresh the screen is, and the reader's switches.

import type { ReactNode } from 'react';
import type { AlertList } from '../../app/api/alerts.ts';
import type { Me } from '../../app/api/session.ts';
import { PurposePicker } from '../account/purpose-picker.tsx';
import { useDeps, useSettings } from '../shared/deps.tsx';
import { countText } from '../shared/format.ts';
import { LanguageSwitch, useSay } from '../shared/language.tsx';
import { LiveBadge } from '../shared/live-badge.tsx';
import type { LiveStatus } from '../shared/live/live-stream.ts';
import { LevelMark, PlumbMark } from '../shared/marks.tsx';
import { PageLinks, PagesMenu } from '../shared/pages-menu.tsx';
import { ACCOUNT_PATH, CONSOLE_PATH, SILENCES_PATH } from '../shared/router.ts';
import { useSignOut } from '../shared/session.ts';
import { LEVEL_NAMES, WORDS } from '../shared/words.ts';
import { WatchWarning } from '../watch/watch-warning.tsx';
import type { Alarm } from './use-alarm.ts';
import { usePush } from './use-push.ts';
import { CONSOLE_WORDS, silencedText } from './words.ts';
import styles from './console-header.module.css';

export function ConsoleHeader({
  me,
  status,
  open,
  silenced,
  alarm,
  onKeys,
}: {
  me: Me;
  status: LiveStatus;
  open: AlertList['open'] | undefined;
  /** How many of them a silence hides. */
  silenced: number;
  alarm: Alarm;
  onKeys: () => void;
}) {
  const say = useSay();
  return (
    <header className={styles.header}>
      <a className={styles.brand} href={CONSOLE_PATH}>
        <PlumbMark />
        <span className="visually-hidden">{say(WORDS.product)}</span>
        <span className={styles.product} aria-hidden="true">
          {say(WORDS.product)}
        </span>
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
      {silenced > 0 && (
        <a className={styles.silenced} href={SILENCES_PATH}>
          <span className="visually-hidden">{say(silencedText(silenced))}</span>
          <span className={styles.whole} aria-hidden="true">
            {say(silencedText(silenced))}
          </span>
          <span className={styles.short} aria-hidden="true">
            {say(WORDS.silences)} {silenced}
          </span>
        </a>
      )}
      <div className={styles.fresh}>
        <LiveBadge status={status} staleSeconds={undefined} />
      </div>
      <WatchWarning />
      <details className={styles.menu}>
        <summary>{say(CONSOLE_WORDS.menu)}</summary>
        <Switches me={me} alarm={alarm} onKeys={onKeys} pages={<PageLinks me={me} />} />
      </details>
      <div className={styles.wide}>
        <Switches me={me} alarm={alarm} onKeys={onKeys} pages={<PagesMenu me={me} />} />
      </div>
    </header>
  );
}

function Switches({
  me,
  alarm,
  onKeys,
  pages,
}: {
  me: Me;
  alarm: Alarm;
  onKeys: () => void;
  pages: ReactNode;
}) {
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
      <PushButton />
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
      {pages}
      <PurposePicker className={styles.purpose} />
      <a className={styles.me} href={ACCOUNT_PATH} title={say(WORDS.account)}>
        {say(me.name)}
      </a>
      <button type="button" onClick={() => void signOut()}>
        {say(WORDS.signOut)}
      </button>
    </nav>
  );
}

/** Pushes to this device while no console is open; not there where the server has none. */
function PushButton() {
  const say = useSay();
  const { offered, on, busy, problem, toggle } = usePush();
  if (!offered) return null;
  return (
    <>
      <button type="button" aria-pressed={on} disabled={busy} onClick={toggle}>
        {say(on ? CONSOLE_WORDS.pushOn : CONSOLE_WORDS.pushOff)}
      </button>
      {problem && (
        <span role="alert" className={styles.problem}>
          {say(problem)}
        </span>
      )}
    </>
  );
}
