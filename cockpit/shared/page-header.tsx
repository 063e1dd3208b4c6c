// The head of the pages beside the console: where one is, where else one can go, and the reader's switches.

import type { Me } from '../../app/api/session.ts';
import type { Text } from '../../core/text.ts';
import { useDeps, useSettings } from './deps.tsx';
import { LanguageSwitch, useSay } from './language.tsx';
import { PlumbMark } from './marks.tsx';
import {
  ACCESS_PATH,
  ACCOUNT_PATH,
  AUDIT_PATH,
  CONSOLE_PATH,
  IMPORTS_PATH,
  LABORATORY_PATH,
  EXPORTS_PATH,
  REPORTS_PATH,
  RETENTION_PATH,
  ROSTER_PATH,
  SQL_PATH,
  WALL_PATH,
  WORKBENCH_PATH,
} from './router.ts';
import { seesPersons, useSignOut } from './session.ts';
import { WORDS } from './words.ts';
import styles from './page-header.module.css';

type PageLink = { readonly path: string; readonly name: Text };

export function PageHeader({
  me,
  here,
  links: own = [],
}: {
  me: Me;
  here: Text;
  /** Where one goes from here besides. */
  links?: readonly PageLink[];
}) {
  const say = useSay();
  const { settings } = useDeps();
  const { theme } = useSettings();
  const signOut = useSignOut();
  const links = [
    ...(seesPersons(me.role)
      ? [
          { path: CONSOLE_PATH, name: WORDS.console },
          { path: ROSTER_PATH, name: WORDS.roster },
        ]
      : []),
    ...(me.rights?.includes('metric.read')
      ? [{ path: WORKBENCH_PATH, name: WORDS.workbench }]
      : []),
    // Also for those who only decide what is published.
    ...(me.rights?.some((right) => right === 'index.publish' || right === 'index.approve')
      ? [{ path: LABORATORY_PATH, name: WORDS.laboratory }]
      : []),
    ...(me.rights?.includes('sql.run') ? [{ path: SQL_PATH, name: WORDS.sql }] : []),
    ...(me.rights?.includes('data.import') ? [{ path: IMPORTS_PATH, name: WORDS.imports }] : []),
    ...own,
    ...(me.rights?.includes('audit.read') ? [{ path: AUDIT_PATH, name: WORDS.audit }] : []),
    ...(me.rights?.includes('retention.read')
      ? [{ path: RETENTION_PATH, name: WORDS.retention }]
      : []),
    { path: REPORTS_PATH, name: WORDS.reports },
    { path: EXPORTS_PATH, name: WORDS.exports },
    { path: WALL_PATH, name: WORDS.wall },
  ].filter(({ name }) => name !== here);
  return (
    <header className={styles.header}>
      <p className={styles.brand}>
        <PlumbMark />
        <span>{say(WORDS.product)}</span>
        <span className={styles.here}>{say(here)}</span>
      </p>
      <nav aria-label={say(here)}>
        {links.map(({ path, name }) => (
          <a key={path} href={path}>
            {say(name)}
          </a>
        ))}
        <button
          type="button"
          title={say(WORDS.themeSwitch)}
          onClick={() => settings.set({ theme: theme === 'dark' ? 'light' : 'dark' })}
        >
          {say(theme === 'dark' ? WORDS.themeLight : WORDS.themeDark)}
        </button>
        <LanguageSwitch />
        {me.rights?.includes('account.read') && here !== WORDS.access && (
          <a href={ACCESS_PATH}>{say(WORDS.access)}</a>
        )}
        <a className={styles.me} href={ACCOUNT_PATH} title={say(WORDS.account)}>
          {say(me.name)}
        </a>
        <button type="button" onClick={() => void signOut()}>
          {say(WORDS.signOut)}
        </button>
      </nav>
    </header>
  );
}
