// Who the person of an alert is: masked at first, in clear for a purpose and a reason and for a short while.

import { IDENTITY_FIELD_NAMES } from '../../../app/api/identities.ts';
import { problemIn } from '../../shared/api.ts';
import { useTimed } from '../../shared/deps.tsx';
import { useLanguage, useSay } from '../../shared/language.tsx';
import { Section } from '../section.tsx';
import { FIELD_NAMES, IDENTITY_WORDS as W, leftText } from './identity-words.ts';
import { RevealSheet } from './reveal-sheet.tsx';
import { rowsOf, useIdentity } from './use-identity.ts';
import styles from './identity.module.css';

export function IdentityCard({ subject }: { subject: string }) {
  const say = useSay();
  const identity = useIdentity(subject);
  const { masked, clear, error } = identity;
  return (
    <Section title={W.title} hint={W.hint}>
      <div className={styles.card} data-clear={clear !== undefined}>
        {masked ? (
          <>
            <dl className={styles.rows}>
              {rowsOf(masked, clear?.person, IDENTITY_FIELD_NAMES).map((row) => (
                <div key={row.field}>
                  <dt>{say(FIELD_NAMES[row.field])}</dt>
                  <dd data-clear={row.isClear}>
                    {row.damaged ? (
                      <span className={styles.damaged}>{say(W.unreadable)}</span>
                    ) : (
                      row.value
                    )}
                  </dd>
                </div>
              ))}
            </dl>
            <div className={styles.acts}>
              {clear ? (
                <>
                  <button type="button" onClick={identity.hide}>
                    {say(W.hide)}
                  </button>
                  <Left untilMs={clear.untilMs} />
                </>
              ) : (
                <button type="button" onClick={identity.ask}>
                  {say(W.reveal)}
                </button>
              )}
              {masked.synthetic && <span className={styles.mark}>{say(W.synthetic)}</span>}
            </div>
          </>
        ) : (
          <p className={styles.quiet} role="status">
            {say(identity.isLoading ? W.loading : error ? problemIn(error).says : W.none)}
          </p>
        )}
      </div>
      {identity.isAsking && masked && (
        <RevealSheet
          {...identity.form}
          offered={IDENTITY_FIELD_NAMES.filter((field) => field in masked.values)}
        />
      )}
    </Section>
  );
}

function Left({ untilMs }: { untilMs: number }) {
  const language = useLanguage();
  const left = useTimed(
    (nowMs) => leftText(Math.max(0, Math.ceil((untilMs - nowMs) / 1_000)))[language],
  );
  return <span className={styles.quiet}>{left}</span>;
}
