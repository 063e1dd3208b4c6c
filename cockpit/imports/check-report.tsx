// What would come of a file, or came of it: how much of it is usable, what is in it, and each refused row with its
// line, reason and cure.

import type { ReactNode } from 'react';
import type { ImportCheck } from '../../app/api/imports.ts';
import type { Text } from '../../core/text.ts';
import { countText, UNKNOWN } from '../shared/format.ts';
import { useSay } from '../shared/language.tsx';
import { IMPORT_WORDS } from './words.ts';
import styles from './imports-page.module.css';

const ERRORS_MAX = 60;
const WORDS_MAX = 12;

export function CheckReport({
  report,
  title,
  children,
}: {
  report: NonNullable<ImportCheck['report']>;
  title: Text;
  /** What became of it. */
  children: ReactNode;
}) {
  const say = useSay();
  const { records, rows, refused, outside, regions, from, until, words, moreWords } = report;
  const hidden = moreWords + Math.max(0, words.length - WORDS_MAX);
  const figures = [
    [IMPORT_WORDS.records, countText(records)],
    [IMPORT_WORDS.rows, countText(rows)],
    [IMPORT_WORDS.refused, countText(refused)],
    [IMPORT_WORDS.regions, countText(regions)],
    [IMPORT_WORDS.span, from === null ? UNKNOWN : from === until ? from : `${from} – ${until}`],
  ] as const;
  return (
    <section className={styles.box} aria-labelledby="report">
      <h2 id="report">{say(title)}</h2>
      {children}
      <dl className={styles.figures}>
        {figures.map(([name, figure]) => (
          <div key={name.en}>
            <dt>{say(name)}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
      {outside > 0 && (
        <p className={styles.notice} role="alert">
          {say(IMPORT_WORDS.outside(outside))}
        </p>
      )}
      {words.length > 0 && (
        <>
          <h3>{say(IMPORT_WORDS.contents)}</h3>
          <p className={styles.words}>
            {words.slice(0, WORDS_MAX).map(({ name, rows: count }) => (
              <span key={name}>
                {name} <b>{countText(count)}</b>
              </span>
            ))}
            {hidden > 0 && <span>{say(IMPORT_WORDS.more(hidden))}</span>}
          </p>
        </>
      )}
      {refused > 0 && <Errors report={report} />}
    </section>
  );
}

function Errors({
  report: { errors, refused, byFault },
}: {
  report: NonNullable<ImportCheck['report']>;
}) {
  const say = useSay();
  const shown = errors.slice(0, ERRORS_MAX);
  return (
    <>
      <h3>{say(IMPORT_WORDS.errors)}</h3>
      <p className={styles.words}>
        {byFault.map(({ says, count }) => (
          <span key={says.en}>
            {say(says)} <b>{countText(count)}</b>
          </span>
        ))}
      </p>
      <ol className={styles.errors}>
        {shown.map(({ line, faults }) => (
          <li key={line}>
            <b>{say(IMPORT_WORDS.line(line))}</b>
            {faults.map(({ column, says, cure }) => (
              <span key={`${column}${says.en}`}>
                {column && <b>{column} </b>}
                {say(says)} <small className={styles.hint}>{say(cure)}</small>
              </span>
            ))}
          </li>
        ))}
      </ol>
      {shown.length < refused && (
        <p className={styles.hint}>{say(IMPORT_WORDS.firstErrors(shown.length, refused))}</p>
      )}
    </>
  );
}
