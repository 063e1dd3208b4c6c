// Notes at points of an answer; they travel with the link and with a saved view.

import { useState } from 'react';
import { useSay } from '../shared/language.tsx';
import type { Note } from '../../models/workbench/view-state.ts';
import { BENCH_WORDS } from './words.ts';
import styles from './workbench-page.module.css';

export function NotesBox({
  notes,
  points,
  set,
}: {
  notes: readonly Note[];
  /** What a note can stand at. */
  points: readonly { readonly key: string; readonly name: string }[];
  set(notes: readonly Note[]): void;
}) {
  const say = useSay();
  const [at, setAt] = useState('');
  const [says, setSays] = useState('');
  const place = (points.find(({ key }) => key === at) ?? points.at(-1))?.key;
  return (
    <section className={styles.box} aria-labelledby="notes">
      <h2 id="notes">{say(BENCH_WORDS.note)}</h2>
      <ol className={styles.views}>
        {notes.map((note, i) => (
          <li key={`${note.at} ${note.says}`}>
            <span>
              {i + 1}. {note.says}
            </span>
            <small>{points.find(({ key }) => key === note.at)?.name ?? note.at}</small>
            <button
              type="button"
              aria-label={`${say(BENCH_WORDS.removeNote)} ${i + 1}`}
              onClick={() => set(notes.filter((_, j) => j !== i))}
            >
              {say(BENCH_WORDS.remove)}
            </button>
          </li>
        ))}
      </ol>
      <form
        className={styles.saving}
        onSubmit={(event) => {
          event.preventDefault();
          if (place === undefined || says.trim() === '') return;
          set([...notes, { at: place, says: says.trim() }]);
          setSays('');
        }}
      >
        <label className={styles.field}>
          <span>{say(BENCH_WORDS.notePoint)}</span>
          <select
            value={place ?? ''}
            disabled={place === undefined}
            onChange={(event) => setAt(event.target.value)}
          >
            {points.map(({ key, name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.field}>
          <span>{say(BENCH_WORDS.note)}</span>
          <input
            required
            maxLength={120}
            value={says}
            onChange={(event) => setSays(event.target.value)}
          />
        </label>
        <button type="submit" disabled={place === undefined}>
          {say(BENCH_WORDS.addNote)}
        </button>
      </form>
    </section>
  );
}
