// How a text is to be read: as it looks, or as whoever knows better says. What was recognised stands in the choice.

import type { ImportForm } from '../../app/api/imports.ts';
import { text } from '../../core/text.ts';
import { useSay } from '../shared/language.tsx';
import { Choice } from './choice.tsx';
import { DELIMITER_NAMES, ENCODING_NAMES, IMPORT_WORDS } from './words.ts';
import styles from './imports-page.module.css';

type TextForm = Extract<ImportForm, { kind: 'text' }>;

/** Empty: as it looks. */
export type Reading = {
  readonly encoding: TextForm['encoding'] | '';
  readonly delimiter: TextForm['delimiter'] | '';
};

export const AS_IT_LOOKS: Reading = { encoding: '', delimiter: '' };

export function ReadingForm({
  reading,
  form,
  disabled,
  set,
}: {
  reading: Reading;
  /** Undefined where the file could not be read as it looks. */
  form: TextForm | undefined;
  disabled: boolean;
  set(reading: Reading): void;
}) {
  const say = useSay();
  const encoding = form?.recognised.encoding;
  const delimiter = form?.recognised.delimiter;
  return (
    <div className={styles.fields}>
      <Choice
        name={IMPORT_WORDS.encoding}
        value={reading.encoding}
        disabled={disabled}
        options={[
          [
            '',
            say(
              IMPORT_WORDS.recognised(
                encoding ? ENCODING_NAMES[encoding] : IMPORT_WORDS.notRecognised,
              ),
            ),
          ],
          ...Object.entries(ENCODING_NAMES).map(([one, name]) => [one, say(name)] as const),
        ]}
        set={(one) => set({ ...reading, encoding: one as Reading['encoding'] })}
      />
      <Choice
        name={IMPORT_WORDS.delimiter}
        value={reading.delimiter}
        disabled={disabled}
        options={[
          [
            '',
            say(IMPORT_WORDS.recognised(delimiter ? DELIMITER_NAMES[delimiter] : text('—', '—'))),
          ],
          ...Object.entries(DELIMITER_NAMES).map(([one, name]) => [one, say(name)] as const),
        ]}
        set={(one) => set({ ...reading, delimiter: one as Reading['delimiter'] })}
      />
    </div>
  );
}
