// The two things every look at an identity takes: a declared purpose and a reason in one's own words.

import { REVEAL_PURPOSES, type PurposeCode } from '../../app/api/purposes.ts';
import { useSay } from '../shared/language.tsx';
import { IDENTITIES_WORDS as W } from './words.ts';
import styles from './identities-page.module.css';

export type Grounds = { readonly purpose: PurposeCode | ''; readonly reason: string };

export const NO_GROUNDS: Grounds = { purpose: '', reason: '' };

const REASON_CHARS_MIN = 4;
const REASON_CHARS_MAX = 300;

/** True once both are given; whether they fit is the server's to say. */
export const areGrounds = ({ purpose, reason }: Grounds): boolean =>
  purpose !== '' && [...reason.trim()].length >= REASON_CHARS_MIN;

export function GroundsFields({
  grounds,
  onChange,
}: {
  grounds: Grounds;
  onChange: (grounds: Grounds) => void;
}) {
  const say = useSay();
  return (
    <>
      <label className={styles.field}>
        <span>{say(W.purpose)}</span>
        <select
          required
          value={grounds.purpose}
          onChange={({ target }) =>
            onChange({ ...grounds, purpose: target.value as Grounds['purpose'] })
          }
        >
          <option value="">{say(W.choose)}</option>
          {REVEAL_PURPOSES.map(({ code, name }) => (
            <option key={code} value={code}>
              {say(name)}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        <span>{say(W.reason)}</span>
        <textarea
          required
          rows={2}
          maxLength={REASON_CHARS_MAX}
          value={grounds.reason}
          onChange={({ target }) => onChange({ ...grounds, reason: target.value })}
        />
      </label>
    </>
  );
}
