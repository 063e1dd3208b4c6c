// The sheets of the first and the last step: acknowledge, close. The one between is in answers/.

import { useState } from 'react';
import type { AlertDetail } from '../../app/api/alerts.ts';
import { ActForm, Note, type FormProps } from './action-form.tsx';
import { CONSOLE_WORDS } from './words.ts';

type ActSheet = FormProps & {
  readonly alert: AlertDetail;
  readonly onSubmit: (body: Record<string, unknown>) => void;
};

/** As long as the API takes. */
const NOTE_CHARS_MAX = 500;

export function AcknowledgeSheet(props: ActSheet) {
  const [note, setNote] = useState('');
  return (
    <ActForm
      {...props}
      title={CONSOLE_WORDS.acknowledge}
      hint={CONSOLE_WORDS.acknowledgeHint}
      body={{ note }}
    >
      <Note label={CONSOLE_WORDS.optionalNote} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}

export function CloseSheet(props: ActSheet) {
  const [note, setNote] = useState('');
  return (
    <ActForm {...props} title={CONSOLE_WORDS.close} hint={CONSOLE_WORDS.closeHint} body={{ note }}>
      <Note label={CONSOLE_WORDS.optionalNote} most={NOTE_CHARS_MAX} {...{ note, setNote }} />
    </ActForm>
  );
}
