// One entry of the ledger in full: what was taken, by whom, what for, and the digests a file is verified by.

import type { LedgerEntry } from '../../app/api/exports.ts';
import { localDateTime } from '../../core/local-time.ts';
import { PURPOSE_NAMES, type PurposeCode } from '../../core/purposes.ts';
import { regionName } from '../../core/region.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { AboutRow } from './about-row.tsx';
import { EXPORT_WORDS as W, FILE_STATES, sizeText } from './words.ts';
import styles from './exports-page.module.css';

const HASHING_NAMES: Readonly<Record<string, string>> = { sha256: 'SHA-256', sm3: 'SM3' };

export function EntryBox({ entry, onClose }: { entry: LedgerEntry; onClose?: () => void }) {
  const say = useSay();
  const code =
    entry.purposeCode === null ? undefined : PURPOSE_NAMES[entry.purposeCode as PurposeCode];
  const hashing = HASHING_NAMES[entry.hashing] ?? entry.hashing;
  return (
    <section className={styles.box} aria-label={say(W.detail)}>
      <h2>
        <span className={styles.code}>{entry.number}</span>
        {onClose && (
          <button type="button" onClick={onClose}>
            {say(W.close)}
          </button>
        )}
      </h2>
      <dl className={styles.facts}>
        <dt>{say(W.kind)}</dt>
        <dd>
          {say(entry.title)} · {say(sizeText(entry))}
        </dd>
        <dt>{say(W.exporter)}</dt>
        <dd>
          {say(entry.exporter)} · {say(regionName(entry.region))}
        </dd>
        <dt>{say(W.madeAt)}</dt>
        <dd>{localDateTime(entry.madeAtMs)}</dd>
        <dt>{say(W.purpose)}</dt>
        <dd>
          {entry.purpose}
          {code && <span className={styles.hint}> · {say(code)}</span>}
        </dd>
        {entry.approvedBy && (
          <>
            <dt>{say(W.approvedBy)}</dt>
            <dd>{say(entry.approvedBy)}</dd>
          </>
        )}
        <AboutRow about={entry.about} />
        <dt>{say(W.file)}</dt>
        <dd>
          {entry.fileName}
          {entry.byteCount > 0 && (
            <span className={styles.hint}>
              {' '}
              · {countText(entry.byteCount)} {say(W.bytes)}
            </span>
          )}
        </dd>
        <dt>{say(W.state)}</dt>
        <dd>
          {say(FILE_STATES[entry.state])}
          {entry.takenAtMs !== null && ` · ${localDateTime(entry.takenAtMs)}`}
        </dd>
        <dt>{say(W.mark)}</dt>
        <dd>{entry.mark}</dd>
        <dt>{say(W.contentDigest)}</dt>
        <dd className={styles.code}>
          {hashing} {entry.contentDigest}
        </dd>
        <dt>{say(W.fileDigest)}</dt>
        <dd className={styles.code}>
          {hashing} {entry.fileDigest}
        </dd>
        <dt>{say(W.seal)}</dt>
        <dd>
          {entry.seal === null ? (
            <span className={styles.hint}>{say(W.noSeal)}</span>
          ) : (
            <>
              <a className={styles.take} href={`/api/exports/${entry.number}/seal`} download>
                {say(W.takeSeal)}
              </a>
              {entry.seal.stampedAtMs !== null && (
                <span className={styles.hint}>
                  {' '}
                  · {say(W.stamped)} {localDateTime(entry.seal.stampedAtMs)}
                </span>
              )}
            </>
          )}
        </dd>
      </dl>
    </section>
  );
}
