// Taking one's own import back: asked twice, because every row of it goes.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImportList } from '../../app/api/imports.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { useSay } from '../shared/language.tsx';
import { IMPORT_WORDS } from './words.ts';
import styles from './imports-page.module.css';

const UNDO_MS_MAX = 90_000;

export function UndoImport({ id }: { id: string }) {
  const say = useSay();
  const queries = useQueryClient();
  const [asks, setAsks] = useState(false);
  const undo = useMutation({
    mutationFn: () =>
      postJson<ImportList>(`/api/imports/${encodeURIComponent(id)}/undo`, {}, UNDO_MS_MAX),
    onSuccess: (list) => queries.setQueryData(['imports'], list),
    onSettled: () => setAsks(false),
  });
  return (
    <>
      {undo.error && (
        <p className={styles.notice} role="alert">
          {say(problemIn(undo.error).says)}
        </p>
      )}
      <div className={styles.acts}>
        {asks ? (
          <>
            <button type="button" disabled={undo.isPending} onClick={() => undo.mutate()}>
              {say(IMPORT_WORDS.reallyUndo)}
            </button>
            <button type="button" disabled={undo.isPending} onClick={() => setAsks(false)}>
              {say(IMPORT_WORDS.keep)}
            </button>
          </>
        ) : (
          <button type="button" onClick={() => setAsks(true)}>
            {say(IMPORT_WORDS.undo)}
          </button>
        )}
      </div>
    </>
  );
}
