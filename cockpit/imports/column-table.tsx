// What is understood of a file: its form, its header, its columns with first values. Of those about persons only the
// reason stands here why they are left out.

import type { ImportCheck } from '../../app/api/imports.ts';
import { useSay } from '../shared/language.tsx';
import { formText, IMPORT_WORDS, sizeText } from './words.ts';
import styles from './imports-page.module.css';

export function ColumnTable({ name, checked }: { name: string; checked: ImportCheck }) {
  const say = useSay();
  const { form, bytes, headerLine, doubled, columns } = checked;
  return (
    <section className={styles.box} aria-labelledby="columns">
      <h2 id="columns">{say(IMPORT_WORDS.columns)}</h2>
      <p className={styles.hint}>
        {name} · {say(formText(form))} · {sizeText(bytes)}
        {headerLine > 0 && ` · ${say(IMPORT_WORDS.headerLine(headerLine))}`}
      </p>
      {doubled.length > 0 && (
        <p className={styles.notice}>{say(IMPORT_WORDS.doubled(doubled.join('、')))}</p>
      )}
      <div
        className={styles.scroll}
        tabIndex={0}
        role="region"
        aria-label={say(IMPORT_WORDS.samples)}
      >
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{say(IMPORT_WORDS.column)}</th>
              <th scope="col">{say(IMPORT_WORDS.samples)}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.name}>
                <th scope="row">{column.name}</th>
                <td>
                  {column.personal ? (
                    <span className={styles.left}>
                      {say(IMPORT_WORDS.personal(column.personal))}
                    </span>
                  ) : (
                    column.samples.slice(0, 3).join(' · ')
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
