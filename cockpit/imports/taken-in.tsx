// What came of an import, whether it still stands, and the way to take it back.

import type { Imported, ImportList } from '../../app/api/imports.ts';
import { useSay } from '../shared/language.tsx';
import { CheckReport } from './check-report.tsx';
import { UndoImport } from './undo-import.tsx';
import { IMPORT_WORDS } from './words.ts';
import styles from './imports-page.module.css';

export function TakenIn({
  taken: { id, report },
  list,
}: {
  taken: Imported;
  list: ImportList | undefined;
}) {
  const say = useSay();
  const one = list?.imports.find((listed) => listed.id === id);
  return (
    <CheckReport report={report} title={IMPORT_WORDS.result}>
      {one?.state === 'undone' ? (
        <p className={styles.notice} role="status">
          {say(IMPORT_WORDS.takenBack(report.rows))}
        </p>
      ) : (
        <>
          <p className={styles.done} role="status">
            {say(IMPORT_WORDS.done(report.rows, report.refused))}
          </p>
          {one?.may.undo && <UndoImport id={id} />}
        </>
      )}
    </CheckReport>
  );
}
