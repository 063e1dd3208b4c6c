// The menu of all pages an account can use, the same on every page, by groups, with the present one marked.

import { useId } from 'react';
import type { Me } from '../../app/api/session.ts';
import { useSay } from './language.tsx';
import { pagesOf, placeOf } from './pages.ts';
import { WORDS } from './words.ts';
import styles from './pages-menu.module.css';

/** A button and what it opens; the browser closes it on Escape and on a click beside it. */
export function PagesMenu({ me }: { me: Me }) {
  const say = useSay();
  const id = useId();
  return (
    <>
      <button type="button" className={styles.button} popoverTarget={id}>
        {say(WORDS.pages)}
      </button>
      <div id={id} popover="auto" className={styles.panel}>
        <PageLinks me={me} />
      </div>
    </>
  );
}

/** The links of the menu, for where they stand open. */
export function PageLinks({ me }: { me: Me }) {
  const say = useSay();
  const groups = pagesOf(me);
  const place = placeOf(groups, location.pathname);
  return (
    <div className={styles.groups}>
      {groups.map(({ name, pages }) => (
        <section key={name.en} className={styles.group} aria-label={say(name)}>
          <p aria-hidden="true">{say(name)}</p>
          <ul>
            {pages.map((page) => (
              <li key={page.path}>
                <a href={page.path} aria-current={page === place?.page ? 'page' : undefined}>
                  {say(page.name)}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
