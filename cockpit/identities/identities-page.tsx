// Identities: whose a number is, and many persons at once with a second person's word. Which part stands in the
// address; no number ever does.

import type { Me } from '../../app/api/session.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { addressOf, IDENTITIES_PATH, navigate, useQueryText } from '../shared/router.ts';
import { WORDS } from '../shared/words.ts';
import { LookUpPart } from './look-up-part.tsx';
import { RequestsPart } from './requests-part.tsx';
import { IDENTITIES_WORDS as W } from './words.ts';
import styles from './identities-page.module.css';

const PARTS = ['lookUp', 'requests'] as const;

export function IdentitiesPage({ me }: { me: Me }) {
  const say = useSay();
  const present = useQueryText();
  const asked = new URLSearchParams(present).get('part');
  const part = PARTS.find((one) => one === asked) ?? PARTS[0];
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.identities} />
      <div className={styles.body}>
        <nav className={styles.parts} aria-label={say(WORDS.identities)}>
          {PARTS.map((one) => (
            <a
              key={one}
              href={addressOf(IDENTITIES_PATH, { part: one }, present)}
              aria-current={one === part ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                navigate(IDENTITIES_PATH, { query: { part: one } });
              }}
            >
              {say(W[one])}
            </a>
          ))}
        </nav>
        {part === 'lookUp' ? <LookUpPart /> : <RequestsPart />}
      </div>
    </div>
  );
}
