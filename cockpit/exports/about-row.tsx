// The question a file answers, in words: whoever looks an entry up or decides on a request has to know it.

import type { LedgerEntry } from '../../app/api/exports.ts';
import { useSay } from '../shared/language.tsx';
import { aboutName, aboutValue, EXPORT_WORDS as W } from './words.ts';
import styles from './exports-page.module.css';

/** A row of a list of facts; nothing for what was asked without conditions. */
export function AboutRow({ about }: Pick<LedgerEntry, 'about'>) {
  const say = useSay();
  const parts = Object.entries(about);
  if (parts.length === 0) return null;
  return (
    <>
      <dt>{say(W.about)}</dt>
      <dd className={styles.some}>
        {parts.map(([name, value]) => (
          <span key={name}>
            {say(aboutName(name))} {say(aboutValue(name, value))}
          </span>
        ))}
      </dd>
    </>
  );
}
