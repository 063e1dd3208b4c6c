// The head of the pages beside the console: where one is, what is beside it, where else one can go, and the
// reader's switches.

import type { Me } from '../../app/api/session.ts';
import type { Text } from '../../core/text.ts';
import { useDeps, useSettings } from './deps.tsx';
import { LanguageSwitch, useSay } from './language.tsx';
import { PlumbMark } from './marks.tsx';
import { PagesMenu } from './pages-menu.tsx';
import { pagesOf, placeOf } from './pages.ts';
import { ACCOUNT_PATH } from './router.ts';
import { homeOf, useSignOut } from './session.ts';
import { WORDS } from './words.ts';
import styles from './page-header.module.css';

export function PageHeader({ me, here }: { me: Me; here: Text }) {
  const say = useSay();
  const { settings } = useDeps();
  const { theme } = useSettings();
  const signOut = useSignOut();
  const place = placeOf(pagesOf(me), location.pathname);
  return (
    <header className={styles.header}>
      <p className={styles.brand}>
        <a href={homeOf({ ...me, owes: null })}>
          <PlumbMark />
          <span>{say(WORDS.product)}</span>
        </a>
        <span className={styles.here}>{say(here)}</span>
      </p>
      {place && place.group.pages.length > 1 && (
        <nav className={styles.beside} aria-label={say(place.group.name)}>
          {place.group.pages.map((page) => (
            <a
              key={page.path}
              href={page.path}
              aria-current={page === place.page ? 'page' : undefined}
            >
              {say(page.name)}
            </a>
          ))}
        </nav>
      )}
      <div className={styles.switches}>
        <PagesMenu me={me} />
        <button
          type="button"
          title={say(WORDS.themeSwitch)}
          onClick={() => settings.set({ theme: theme === 'dark' ? 'light' : 'dark' })}
        >
          {say(theme === 'dark' ? WORDS.themeLight : WORDS.themeDark)}
        </button>
        <LanguageSwitch />
        <a className={styles.me} href={ACCOUNT_PATH} title={say(WORDS.account)}>
          {say(me.name)}
        </a>
        <button type="button" onClick={() => void signOut()}>
          {say(WORDS.signOut)}
        </button>
      </div>
    </header>
  );
}
