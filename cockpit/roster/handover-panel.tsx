// 交接班: the notes of the last days with who has read them, and a place to leave one.

import { useState } from 'react';
import type { RosterAnswer } from '../../app/api/roster.ts';
import { dayClockText } from '../shared/format.ts';
import { useLanguage, useSay } from '../shared/language.tsx';
import { ProblemNote } from './problem-note.tsx';
import { useRosterAct } from './use-roster-act.ts';
import { ROSTER_WORDS, turnText } from './words.ts';
import styles from './panels.module.css';

export function HandoverPanel({ page }: { page: RosterAnswer }) {
  const say = useSay();
  const language = useLanguage();
  const [body, setBody] = useState('');
  const write = useRosterAct<{ body: string }>(
    () => '/api/roster/notes',
    () => setBody(''),
  );
  return (
    <section className={styles.box} aria-labelledby="roster-handover">
      <h2 id="roster-handover">{say(ROSTER_WORDS.handover)}</h2>
      {page.me !== null && (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            write.mutate({ body });
          }}
        >
          <label className={styles.field}>
            <span>{say(ROSTER_WORDS.note)}</span>
            <textarea
              value={body}
              maxLength={1_000}
              placeholder={say(ROSTER_WORDS.noteExample)}
              onChange={({ target }) => setBody(target.value)}
            />
          </label>
          <button type="submit" disabled={write.isPending}>
            {say(ROSTER_WORDS.leaveNote)}
          </button>
          <ProblemNote error={write.error} />
        </form>
      )}
      {page.notes.length === 0 ? (
        <p className={styles.hint}>{say(ROSTER_WORDS.noNotes)}</p>
      ) : (
        <ul className={styles.list}>
          {page.notes.slice(0, NOTES_SHOWN).map((note) => (
            <li key={note.id}>
              <p className={styles.hint}>
                {say(note.writtenBy)} · {say(dayClockText(note.atMs))} ·{' '}
                {say(turnText({ fromMs: note.turnFromMs, untilMs: note.turnUntilMs }))}
              </p>
              <p className={styles.body}>{note.body}</p>
              <p className={styles.hint}>
                {note.seenBy.length === 0
                  ? say(ROSTER_WORDS.notSeen)
                  : `${say(ROSTER_WORDS.seenBy)} ${note.seenBy
                      .map(say)
                      .join(language === 'zh' ? '、' : ', ')}`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const NOTES_SHOWN = 6;
