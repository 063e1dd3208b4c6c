// What is asked before an identity is shown in clear: which fields, what for, and why.

import { useState } from 'react';
import type { IdentityFieldName } from '../../../app/api/identities.ts';
import { PURPOSE_NAMES, PURPOSES, type Purpose } from '../../../core/purposes.ts';
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
  const [purpose, setPurpose] = useState<Purpose>();
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
          onChange={({ target }) => setPurpose((target.value || undefined) as Purpose | undefined)}
        >
          <option value="">{say(W.choose)}</option>
          {PURPOSES.map((one) => (
            <option key={one} value={one}>
              {say(PURPOSE_NAMES[one])}
            </option>
          ))}
        </select>
      </label>
      <Note label={W.reason} most={REASON_CHARS_MAX} note={reason} setNote={setReason} />
    </ActForm>
  );
}
