// How far a file is: on its way, then read by the server, which tells its records; and the way to end it.

import { useId } from 'react';
import type { ImportList } from '../../app/api/imports.ts';
import { countText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { IMPORT_WORDS, sizeText, STEP_NAMES } from './words.ts';
import styles from './imports-page.module.css';

export type Sent = { readonly bytes: number; readonly of: number };

export function HowFar({
  sent,
  doing,
  cancel,
}: {
  /** Undefined when this page sends nothing. */
  sent: Sent | undefined;
  doing: ImportList['doing'];
  cancel: (() => void) | undefined;
}) {
  const say = useSay();
  const id = useId();
  const isOut = sent === undefined || sent.bytes >= sent.of;
  const share = isOut
    ? doing?.of
      ? Math.min(1, doing.records / doing.of)
      : undefined
    : sent.bytes / Math.max(1, sent.of);
  const step = isOut ? (doing?.step ?? 'look') : 'receive';
  return (
    <div className={styles.progress}>
      <p id={id} role="status">
        {say(STEP_NAMES[step])}
        {step === 'receive' && sent && ` ${sizeText(sent.bytes)} / ${sizeText(sent.of)}`}
        {isOut && doing && doing.records > 0 && (
          <> {say(IMPORT_WORDS.recordsOf(countText(doing.records), doing.of))}</>
        )}
      </p>
      {share !== undefined && (
        <div
          className={styles.bar}
          role="progressbar"
          aria-labelledby={id}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.floor(share * 100)}
        >
          <span style={{ inlineSize: `${Math.floor(share * 100)}%` }} />
        </div>
      )}
      {cancel && (
        <div className={styles.acts}>
          <button type="button" onClick={cancel}>
            {say(IMPORT_WORDS.cancel)}
          </button>
        </div>
      )}
    </div>
  );
}
