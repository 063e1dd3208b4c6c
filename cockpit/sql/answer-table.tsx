// The rows of an answer. Ten thousand may come: only those in sight are on the page.

import { useRef } from 'react';
import type { z } from 'zod';
import type { sqlAnswerSchema } from '../../app/api/sql.ts';
import { useSay } from '../shared/language.tsx';
import { useRowWindow } from '../shared/window-rows.ts';
import { cellText, isNumeric } from './cell-text.ts';
import { SQL_WORDS } from './words.ts';
import styles from './sql-page.module.css';

/** Pixels; the style sheet says the same. */
const ROW_HEIGHT = 32;

export function AnswerTable({ answer }: { answer: z.infer<typeof sqlAnswerSchema> }) {
  const say = useSay();
  const box = useRef<HTMLDivElement>(null);
  const { columns, rows, isCut, durationMs } = answer;
  const { first, end, before, after } = useRowWindow(box, {
    count: rows.length,
    rowHeight: ROW_HEIGHT,
  });
  return (
    <>
      <p className={styles.hint} role="status">
        {say(SQL_WORDS.rows(rows.length, durationMs))}
      </p>
      {isCut && <p className={styles.notice}>{say(SQL_WORDS.cut)}</p>}
      {rows.length === 0 ? (
        <p>{say(SQL_WORDS.noRows)}</p>
      ) : (
        <div
          ref={box}
          className={styles.scroll}
          tabIndex={0}
          role="region"
          aria-label={say(SQL_WORDS.answerRows)}
        >
          <table className={styles.table} aria-rowcount={rows.length + 1}>
            <thead>
              <tr>
                {columns.map(({ name, type }, i) => (
                  // Two columns of an answer may have one name.
                  <th key={`${i} ${name}`} scope="col" data-number={isNumeric(type)} title={type}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {before > 0 && <Room height={before} span={columns.length} />}
              {rows.slice(first, end).map((row, at) => (
                <tr key={first + at} aria-rowindex={first + at + 2}>
                  {columns.map(({ name, type }, i) => (
                    <td key={`${i} ${name}`} data-number={isNumeric(type)}>
                      {cellText(row[i]) ?? <i className={styles.hint}>{say(SQL_WORDS.empty)}</i>}
                    </td>
                  ))}
                </tr>
              ))}
              {after > 0 && <Room height={after} span={columns.length} />}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** What rows out of sight would take. An attribute, because the page may not style inline. */
const Room = ({ height, span }: { height: number; span: number }) => (
  <tr aria-hidden="true">
    <td colSpan={span} height={height} className={styles.room} />
  </tr>
);
