// Exports: what has left as a file, what waits for a second person, and whether a file somebody has found is ours.
// Which part is shown, and what is searched for, stands in the address.

import type { Me } from '../../app/api/session.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { addressOf, EXPORTS_PATH, navigate, useQueryText } from '../shared/router.ts';
import { WORDS } from '../shared/words.ts';
import { LedgerPart } from './ledger-part.tsx';
import { RequestsPart } from './requests-part.tsx';
import { VerifyPart } from './verify-part.tsx';
import { EXPORT_WORDS as W } from './words.ts';
import styles from './exports-page.module.css';

const PARTS = ['ledger', 'requests', 'verify'] as const;

export function ExportsPage({ me }: { me: Me }) {
  const say = useSay();
  const present = useQueryText();
  const asked = new URLSearchParams(present).get('part');
  const part = PARTS.find((one) => one === asked) ?? PARTS[0];
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.exports} />
      <div className={styles.body}>
        <nav className={styles.parts} aria-label={say(WORDS.exports)}>
          {PARTS.map((one) => (
            <a
              key={one}
              href={addressOf(EXPORTS_PATH, { part: one }, present)}
              aria-current={one === part ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                navigate(EXPORTS_PATH, { query: { part: one } });
              }}
            >
              {say(W[one])}
            </a>
          ))}
        </nav>
        {part === 'ledger' && <LedgerPart />}
        {part === 'requests' && <RequestsPart />}
        {part === 'verify' && <VerifyPart />}
      </div>
    </div>
  );
}
