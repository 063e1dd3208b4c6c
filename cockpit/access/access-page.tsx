// Accounts and rights: who there is and what waits for a second person, the walls, and the matrix as the policy
// has it. Which part and which account stand in the address.

import type { Me } from '../../app/api/session.ts';
import { useSay } from '../shared/language.tsx';
import { PageHeader } from '../shared/page-header.tsx';
import { ACCESS_PATH, addressOf, navigate, useQueryText } from '../shared/router.ts';
import { WORDS } from '../shared/words.ts';
import { AccountsPart } from './accounts-part.tsx';
import { MatrixPart } from './matrix-part.tsx';
import { VaultPart } from './vault-part.tsx';
import { WallsPart } from './walls-part.tsx';
import { ACCESS_WORDS as W } from './words.ts';
import styles from './access-page.module.css';

const PARTS = ['accounts', 'walls', 'vault', 'matrix'] as const;

export function AccessPage({ me }: { me: Me }) {
  const say = useSay();
  const present = useQueryText();
  const seesAccounts = me.rights?.includes('account.read') ?? false;
  const rotates = me.rights?.includes('vault.rotate') ?? false;
  const parts = PARTS.filter(
    (one) => one === 'matrix' || (one === 'vault' ? rotates : seesAccounts),
  );
  const asked = new URLSearchParams(present).get('part');
  const part = parts.find((one) => one === asked) ?? parts[0] ?? 'matrix';
  return (
    <div className={styles.page}>
      <PageHeader me={me} here={WORDS.access} />
      <div className={styles.body}>
        <nav className={styles.parts} aria-label={say(W.title)}>
          {parts.map((one) => (
            <a
              key={one}
              href={addressOf(ACCESS_PATH, { part: one }, present)}
              aria-current={one === part ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                navigate(ACCESS_PATH, { query: { part: one } });
              }}
            >
              {say(W[one])}
            </a>
          ))}
        </nav>
        {part === 'accounts' && <AccountsPart me={me} />}
        {part === 'walls' && <WallsPart me={me} />}
        {part === 'vault' && <VaultPart />}
        {part === 'matrix' && <MatrixPart />}
      </div>
    </div>
  );
}
