// What was taken in, by whom, and the way to take one's own back.

import type { ImportList } from '../../app/api/imports.ts';
import { problemIn } from '../shared/api.ts';
import { dayClockText } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { WORDS } from '../shared/words.ts';
import { UndoImport } from './undo-import.tsx';
import { IMPORT_WORDS, STATE_NAMES } from './words.ts';
import styles from './imports-page.module.css';

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
      {one.may.undo && <UndoImport id={one.id} />}
    </li>
  );
}
