// The head of the pages beside the console: where one is, where else one can go, and the reader's switches.

import type { Me } from '../../app/api/session.ts';
import type { Text } from '../../core/text.ts';
import { useDeps, useSettings } from './deps.tsx';
import { LanguageSwitch, useSay } from './language.tsx';
import { PlumbMark } from './marks.tsx';
import { CONSOLE_PATH, WALL_PATH } from './router.ts';
import { seesPersons, useSignOut } from './session.ts';
import { WORDS } from './words.ts';
import styles from './page-header.module.css';

export function PageHeader({
  me,
  here,
  links = [],
}: {
  me: Me;
  here: Text;
  links?: readonly { readonly path: string; readonly name: Text }[];
}) {
  const say = useSay();
  const { settings } = useDeps();
  const { theme } = useSettings();
  const signOut = useSignOut();
  return (
    <header className={styles.header}>
      <p className={styles.brand}>
        <PlumbMark />
        <span>{say(WORDS.product)}</span>
        <span className={styles.here}>{say(here)}</span>
      </p>
      <nav aria-label={say(here)}>
        {seesPersons(me.role) && <a href={CONSOLE_PATH}>{say(WORDS.console)}</a>}
        {links.map(({ path, name }) => (
          <a key={path} href={path}>
            {say(name)}
          </a>
        ))}
        <a href={WALL_PATH}>{say(WORDS.wall)}</a>
        <button
          type="button"
          title={say(WORDS.themeSwitch)}
          onClick={() => settings.set({ theme: theme === 'dark' ? 'light' : 'dark' })}
        >
          {say(theme === 'dark' ? WORDS.themeLight : WORDS.themeDark)}
        </button>
        <LanguageSwitch />
        <span className={styles.me}>{say(me.name)}</span>
        <button type="button" onClick={() => void signOut()}>
          {say(WORDS.signOut)}
        </button>
      </nav>
    </header>
  );
}
