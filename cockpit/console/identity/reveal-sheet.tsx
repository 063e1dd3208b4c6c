// What is asked before an identity is shown in clear: which fields, what for, and why.

import { useState } from 'react';
import type { IdentityFieldName } from '../../../app/api/identities.ts';
import { REVEAL_PURPOSES, type PurposeCode } from '../../../app/api/purposes.ts';
import { useSay } from '../../shared/language.tsx';
import { ActForm, Note, type FormProps } from '../action-form.tsx';
import { FIELD_NAMES, IDENTITY_WORDS as W } from './identity-words.ts';
import styles from './identity.module.css';

const REASON_CHARS_MIN = 4;
const REASON_CHARS_MAX = 300;

export function RevealSheet({
  offered,
  ...props
}: FormProps & {
  offered: readonly IdentityFieldName[];
  onSubmit: (body: Record<string, unknown>) => void;
}) {
  const say = useSay();
  const [fields, setFields] = useState<readonly IdentityFieldName[]>([]);
  const [purpose, setPurpose] = useState<PurposeCode>();
  const [reason, setReason] = useState('');
  const isWhole =
    fields.length > 0 && purpose !== undefined && [...reason.trim()].length >= REASON_CHARS_MIN;
  const body = isWhole ? { fields, purpose, reason: reason.trim() } : undefined;
  return (
    <ActForm {...props} title={W.reveal} hint={W.revealHint} body={body}>
      <fieldset className={styles.fields}>
        <legend>{say(W.what)}</legend>
        {offered.map((field, index) => (
          <label key={field}>
            <input
              type="checkbox"
              checked={fields.includes(field)}
              data-first-focus={index === 0 ? '' : undefined}
              onChange={({ target }) =>
                setFields(
                  offered.filter((one) => (one === field ? target.checked : fields.includes(one))),
                )
              }
            />
            <span>{say(FIELD_NAMES[field])}</span>
          </label>
        ))}
      </fieldset>
      <label className={styles.purpose}>
        <span>{say(W.purpose)}</span>
        <select
          value={purpose ?? ''}
          onChange={({ target }) =>
            setPurpose((target.value || undefined) as PurposeCode | undefined)
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
      <Note label={W.reason} most={REASON_CHARS_MAX} note={reason} setNote={setReason} />
    </ActForm>
  );
}
