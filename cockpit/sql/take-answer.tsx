// The answer that stands on the page as a file: its statement is run again, whatever is being written meanwhile.

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExportSql } from '../../app/api/sql.ts';
import { postForFile, postJson } from '../shared/api.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { ExportSheet } from '../workbench/export-sheet.tsx';
import { SQL_WORDS } from './words.ts';
import styles from './sql-page.module.css';

/** As long as the server takes for a statement, and longer. */
const ASK_MS_MAX = 90_000;

export function TakeAnswer({ sql, purpose }: { sql: string; purpose: string }) {
  const say = useSay();
  const language = useLanguage();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  // Run again, it is one more of one's statements.
  const told = () => queries.invalidateQueries({ queryKey: ['sql-history'] });
  return (
    <p className={styles.acts}>
      <button type="button" onClick={() => setOpen(true)}>
        {say(SQL_WORDS.export)}
      </button>
      {isOpen && (
        <ExportSheet<ExportSql['format']>
          formats={['xlsx', 'csv']}
          purpose={purpose.trim().slice(0, 60)}
          take={(chosen) =>
            postForFile('/api/sql/export', { sql, language, ...chosen }).finally(told)
          }
          ask={(chosen) =>
            postJson('/api/sql/export-requests', { sql, language, ...chosen }, ASK_MS_MAX).finally(
              told,
            )
          }
          close={() => setOpen(false)}
        />
      )}
    </p>
  );
}
