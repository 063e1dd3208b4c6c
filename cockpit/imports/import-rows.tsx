// What was taken in, by whom, and taking one's own back: asked twice, because every row of it goes.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImportList } from '../../app/api/imports.ts';
import { postJson, problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import { IMPORT_WORDS, STATE_NAMES } from './words.ts';
import styles from './imports-page.module.css';

const UNDO_MS_MAX = 90_000;

export function ImportRows({ list, error }: { list: ImportList | undefined; error: unknown }) {
  const say = useSay();
  return (
    <aside className={styles.aside} aria-labelledby="imports">
      <section className={styles.box}>
        <h2 id="imports">{say(IMPORT_WORDS.list)}</h2>
        {!list && <p role="status">{say(error ? problemIn(error).says : WORDS.loading)}</p>}
        {list?.imports.length === 0 && <p className={styles.hint}>{say(IMPORT_WORDS.noList)}</p>}
        <ol className={styles.list}>
          {list?.imports.map((one) => (
            <Row key={one.id} one={one} />
          ))}
        </ol>
      </section>
    </aside>
  );
}

function Row({ one }: { one: ImportList['imports'][number] }) {
  const say = useSay();
  const queries = useQueryClient();
  const [asks, setAsks] = useState(false);
  const undo = useMutation({
    mutationFn: () =>
      postJson<ImportList>(`/api/imports/${encodeURIComponent(one.id)}/undo`, {}, UNDO_MS_MAX),
    onSuccess: (list) => queries.setQueryData(['imports'], list),
    onSettled: () => setAsks(false),
  });
  return (
    <li>
      <p className={styles.name}>{one.fileName}</p>
      <p className={styles.hint}>
        {say(one.kind === 'incidents' ? IMPORT_WORDS.incidents : IMPORT_WORDS.measures)} ·{' '}
        {say(IMPORT_WORDS.rowsOf(one.rows, one.refused))}
      </p>
      <p className={styles.hint}>
        {say(one.by)} · {say(dayClockText(one.startedAtMs))} ·{' '}
        <span data-state={one.state}>{say(STATE_NAMES[one.state])}</span>
      </p>
      {undo.error && (
        <p className={styles.notice} role="alert">
          {say(problemIn(undo.error).says)}
        </p>
      )}
      {one.may.undo && (
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
      )}
    </li>
  );
}
